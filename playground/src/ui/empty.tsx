import type { ReactElement, ReactNode } from 'react';
import styles from './empty.module.css';

/** What stands where there is nothing yet: what would be here, and what to do for it. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}): ReactElement {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      {children === undefined ? null : <p className={styles.text}>{children}</p>}
      {action}
    </div>
  );
}

/** What stands where something is on its way, quiet until that takes a while. */
export function Loading({ what }: { readonly what: string }): ReactElement {
  return (
    <div className={styles.empty} role="status">
      <p className={styles.waiting}>{what}</p>
    </div>
  );
}
