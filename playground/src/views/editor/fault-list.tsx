import type { ReactElement } from 'react';
import { useReadable } from '../../hooks/use-readable.ts';
import type { Fault } from '../../state/editor-faults.ts';
import { formatAmount } from '../../ui/formats.ts';
import { Icon } from '../../ui/icon.tsx';
import { stepOf, type EditorDocuments } from './editor-documents.ts';
import styles from './editor-panel.module.css';

const says = {
  pipeline: 'The pipeline',
  plan: 'The plan of the next run',
  run: 'The last run',
  engine: 'DuckDB',
} as const satisfies Record<Fault['from'], string>;

/** All that is wrong, each a way to where it is. */
export function FaultList({ documents }: { readonly documents: EditorDocuments }): ReactElement | null {
  const { open } = useReadable(documents);
  const faults = useReadable(documents.faults);
  if (faults.length === 0) return null;
  return (
    <section className={styles.faults} aria-label="Problems">
      <p className={styles.count} role="status">
        {formatAmount(faults.length, 'problem')} <span className={styles.quiet}>F8 goes to the next one</span>
      </p>
      <ul>
        {faults.map((fault) => {
          const { message, from, step, yaml } = fault;
          const line = step !== undefined && step === stepOf(open) ? fault.sqlLine : fault.line;
          const where = [step, line === undefined ? undefined : `line ${line}`].filter(
            (part) => part !== undefined,
          );
          const words = (
            <>
              <Icon name="warning" size={14} />
              <span className={styles.message}>{message}</span>
              <span className={styles.where}>
                {says[from]}
                {where.length === 0 ? '' : `: ${where.join(', ')}`}
              </span>
            </>
          );
          return (
            <li key={`${from} ${step} ${yaml?.from} ${message}`}>
              {yaml === undefined ? (
                <p className={styles.fault}>{words}</p>
              ) : (
                <button type="button" className={styles.fault} onClick={() => documents.goTo(fault)}>
                  {words}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
