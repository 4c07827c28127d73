import { useStorage } from '@cairn/web/react';
import type { ReactElement } from 'react';
import { useApp } from '../../hooks/app-context.ts';
import { useKept } from '../../hooks/use-kept.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { ForgetButton } from './forget-button.tsx';
import { KeptTables } from './kept-tables.tsx';
import { Rule } from './rule.tsx';
import { Space } from './space.tsx';
import styles from './storage.module.css';
import { TidyUp } from './tidy-up.tsx';

/** How much is stored, what and why; what goes when one tidies up. */
export function StoragePanel(): ReactElement {
  const { storage } = useApp();
  const rule = useReadable(storage.rule);
  const space = useStorage();
  const kept = useKept(rule);
  const refresh = (): void => {
    space.refresh();
    kept.refresh();
  };
  return (
    <div className={styles.panel} data-testid="storage">
      <div className={styles.side}>
        <Space space={space} access={useReadable(storage.access)} />
        <Rule rule={rule} onChange={storage.setRule} />
        <TidyUp rule={rule} onDone={refresh} />
        <ForgetButton />
      </div>
      <KeptTables kept={kept} />
    </div>
  );
}
