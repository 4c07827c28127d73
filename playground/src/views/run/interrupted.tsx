import type { ReactElement } from 'react';
import type { Interruption } from '../../state/interruption.ts';
import { Badge } from '../../ui/badge.tsx';
import { cx } from '../../ui/cx.ts';
import { formatAmount } from '../../ui/formats.ts';
import { ResumeButton } from './resume-button.tsx';
import styles from './run-status.module.css';

/** What was going on when the page went away. */
export function Interrupted({
  interruption: { at, finished },
}: {
  readonly interruption: Interruption;
}): ReactElement {
  return (
    <div className={styles.status} role="status" data-testid="run-status">
      <Badge tone="warned">Interrupted</Badge>
      <span className={cx(styles.words, styles.whole)}>
        {at.length === 0
          ? 'The last run was interrupted'
          : `The last run was interrupted at ${at.join(', ')}`}
        <span className={styles.quiet}>
          . {formatAmount(finished, 'step')} had been finished, and will be reused.
        </span>
      </span>
      <span className={styles.actions}>
        <ResumeButton />
      </span>
    </div>
  );
}
