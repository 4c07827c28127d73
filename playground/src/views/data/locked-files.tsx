import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import styles from './locked-files.module.css';

/** After a reload a browser asks again for files that it has not copied. */
export function LockedFiles(): ReactElement | null {
  const { locked, unlock } = useSession();
  const paths = useReadable(locked);
  if (paths.length === 0) return null;
  const names = paths.map((path) => path.replace(/^data\//, ''));
  return (
    <div className={styles.strip} role="status" data-testid="locked-files">
      <Badge tone="warned">Permission needed</Badge>
      <p className={styles.words}>
        Since the page was loaded anew, the browser asks before it may read {names.join(', ')}.
      </p>
      <Button icon="file" onPress={() => void unlock().catch(() => undefined)}>
        Allow reading
      </Button>
    </div>
  );
}
