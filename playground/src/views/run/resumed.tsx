import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import type { Resumption } from '../../state/resumption.ts';
import { Button } from '../../ui/button.tsx';
import { formatAmount } from '../../ui/formats.ts';
import { Icon } from '../../ui/icon.tsx';
import { PopoverDialog } from '../../ui/popover-dialog.tsx';
import styles from './resumed.module.css';

/** After a resume: whether it all came out as it does when nobody disturbs it, with the hashes that say so. */
export function Resumed(): ReactElement | null {
  const resumption = useReadable(useSession().resumption);
  if (resumption === undefined) return null;
  const { tone, words } = verdictOf(resumption);
  return (
    <span className={styles.resumed} data-tone={tone} data-testid="resumed">
      <Icon name={tone === 'same' ? 'check' : tone === 'different' ? 'warning' : 'dot'} />
      {words}
      <PopoverDialog
        label="Content hashes"
        trigger={
          <Button look="quiet" className={styles.compare}>
            Compare
          </Button>
        }
      >
        <Hashes resumption={resumption} />
      </PopoverDialog>
    </span>
  );
}

function verdictOf({ same, different }: Resumption): {
  readonly tone: 'same' | 'different' | 'unknown';
  readonly words: string;
} {
  if (different.length > 0)
    return { tone: 'different', words: `Resumed; not what it was before: ${different.join(', ')}` };
  if (same === undefined)
    return { tone: 'unknown', words: 'Resumed; there is no earlier run to compare with' };
  return { tone: 'same', words: 'Resumed: same result as undisturbed' };
}

function Hashes({ resumption }: { readonly resumption: Resumption }): ReactElement {
  const { same, steps, reused, computed } = resumption;
  return (
    <>
      <p>
        {formatAmount(reused, 'step')} reused, {computed} computed.{' '}
        {same === undefined
          ? 'Nothing is known of a run before.'
          : `The content of ${formatAmount(same, 'table')} has the same hash as in the last run that went well.`}
      </p>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Came out</th>
            <th scope="col">Content hash</th>
          </tr>
        </thead>
        <tbody>
          {steps.map(({ name, outcome, contentHash, isSame }) => (
            <tr key={name} data-step={name} data-hash={contentHash}>
              <th scope="row">{name}</th>
              <td>{outcome === 'complete' ? 'computed' : outcome}</td>
              <td>
                <code title={contentHash}>{contentHash?.slice(0, 12) ?? 'no table'}</code>{' '}
                {isSame === undefined ? '' : isSame ? 'same' : 'different'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
