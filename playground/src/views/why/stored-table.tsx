import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { useStored } from '../../hooks/use-stored.ts';
import { componentLines } from '../../state/component-lines.ts';
import { lastPlan } from '../../state/forecast.ts';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatAmount, formatBytes } from '../../ui/formats.ts';
import { formatTime } from '../../ui/time.ts';
import styles from './why.module.css';

/** The checkpoint of a step, and what it is known by. */
export function StoredTable({ step }: { readonly step: string }): ReactElement {
  const { forecast } = useSession();
  const { value, error } = useStored();
  const ahead = lastPlan(useReadable(forecast))?.steps.get(step);
  const table = value?.task?.steps.get(step);
  const place = value?.checkpoints.find(
    (one) =>
      one.step === step && one.contentHash === table?.contentHash && one.fingerprint === table.fingerprint,
  );
  const components = ahead?.components ?? table?.components;
  return (
    <>
      <section className={styles.section}>
        <h2 className={styles.heading}>Its checkpoint</h2>
        {error !== undefined ? (
          <ErrorBox error={error} />
        ) : table === undefined ? (
          <p className={styles.quiet}>{value === undefined ? 'Looking ...' : 'Nothing is stored of it.'}</p>
        ) : (
          <dl className={styles.facts}>
            <dt>Table</dt>
            <dd>
              {formatAmount(table.rows, 'row')}, {formatAmount(table.columns.length, 'column')}
            </dd>
            <dt>Size</dt>
            <dd>
              {formatBytes(table.bytes)} of Arrow
              {place === undefined ? '' : `, in ${formatAmount(place.parts, 'part')}`}
            </dd>
            <dt>Made</dt>
            <dd>{formatTime(Date.parse(table.createdAt))}</dd>
            {place === undefined || place.state === 'stored' ? null : (
              <>
                <dt>State</dt>
                <dd className={styles.warned}>{place.state}</dd>
              </>
            )}
            <dt>Content hash</dt>
            <dd>
              <code className={styles.hash}>{table.contentHash}</code>
            </dd>
            <dt>Fingerprint</dt>
            <dd>
              <code className={styles.hash}>{table.fingerprint}</code>
              {ahead?.fingerprint === undefined || ahead.fingerprint === table.fingerprint ? null : (
                <span className={styles.warned}> now it is another one</span>
              )}
            </dd>
          </dl>
        )}
      </section>
      {components === undefined ? null : (
        <section className={styles.section}>
          <h2 className={styles.heading}>What it is known by</h2>
          <dl className={styles.facts}>
            {componentLines(components).map(({ name, lines, isCode }) => (
              <div key={name} className={styles.pair}>
                <dt>{name}</dt>
                <dd>
                  {lines.map((line) => (
                    <code key={line} className={isCode ? styles.code : styles.line}>
                      {line}
                    </code>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </>
  );
}
