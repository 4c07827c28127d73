import type { ReactElement } from 'react';
import { useApp } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { Icon } from '../../ui/icon.tsx';
import styles from './drop-overlay.module.css';

/** What is seen while files are held over the page. */
export function DropOverlay(): ReactElement | null {
  const state = useReadable(useApp().drops);
  if (state === 'nothing') return null;
  return (
    <div className={styles.overlay} data-testid="drop-here">
      <div className={styles.frame}>
        <Icon name="upload" size={32} />
        <p className={styles.title}>Drop to make a pipeline of it</p>
        <p>CSV, JSON, Parquet or Arrow; or a pipeline, as YAML. Nothing leaves this browser.</p>
      </div>
    </div>
  );
}
