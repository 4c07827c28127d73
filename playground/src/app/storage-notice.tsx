import type { ReactElement } from 'react';
import { useApp } from '../hooks/app-context.ts';
import { useReadable } from '../hooks/use-readable.ts';
import { Icon } from '../ui/icon.tsx';
import styles from './storage-notice.module.css';

/** Says that nothing is kept, where the browser gives the page no storage. */
export function StorageNotice(): ReactElement | null {
  const access = useReadable(useApp().storage.access);
  if (access.status !== 'refused') return null;
  return (
    <div className={styles.notice} role="status" data-testid="storage-refused">
      <Icon name="warning" />
      <p>
        <strong>This browser keeps nothing for this page</strong>, as in a private window or with cookies
        blocked. Everything runs, in the memory of this tab: what you make is gone when you reload or close
        it. <span className={styles.why}>{access.why}</span>
      </p>
    </div>
  );
}
