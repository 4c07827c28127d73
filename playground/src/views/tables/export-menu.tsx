import { useEffect, useState, type ReactElement } from 'react';
import { useApp } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { createTableExport, type ExportFormat } from '../../state/table-export.ts';
import type { TableGrid } from '../../state/table-grid.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatAmount, formatBytes } from '../../ui/formats.ts';
import { Menu } from '../../ui/menu.tsx';
import { Progress } from '../../ui/progress.tsx';
import styles from './export-menu.module.css';

const formats: readonly { readonly id: ExportFormat; readonly label: string; readonly hint: string }[] = [
  { id: 'csv', label: 'CSV', hint: 'Text that everything reads; types are lost' },
  { id: 'parquet', label: 'Parquet', hint: 'Small, with types' },
  { id: 'arrow', label: 'Arrow', hint: 'Fast to read, with types, not compressed' },
];

/** Saves what is seen of a table, in its order. */
export function useExport(
  grid: TableGrid | undefined,
  name: string,
): { readonly button: ReactElement; readonly line: ReactElement | null } {
  const { exports } = useApp();
  const [saving] = useState(createTableExport);
  const state = useReadable(saving);
  // What is not seen any more is not saved either.
  useEffect(() => () => saving.cancel(), [saving]);
  const save = (format: ExportFormat) => () => {
    if (grid !== undefined) void saving.start(grid.table.opened, grid.query(), exports.choose(format, name));
  };
  const button = (
    <Menu
      label="Export as"
      trigger={
        <Button icon="download" isDisabled={grid === undefined || state.status === 'writing'}>
          Export
        </Button>
      }
      entries={formats.map(({ id, label, hint }) => ({ id, label, hint, icon: 'file', onAction: save(id) }))}
    />
  );
  switch (state.status) {
    case 'idle':
      return { button, line: null };
    case 'writing':
      return {
        button,
        line: (
          <div className={styles.line}>
            <span>Writing {state.name}</span>
            <Progress label={`Writing ${state.name}`} value={state.share} />
            <Button look="quiet" icon="stop" onPress={saving.cancel}>
              Cancel
            </Button>
          </div>
        ),
      };
    case 'done':
      return {
        button,
        line: (
          <div className={styles.line} role="status">
            <span className={styles.words}>
              {state.name}: {formatAmount(state.rows, 'row')}, {formatBytes(state.bytes)}
            </span>
            <Button look="quiet" icon="cross" aria-label="Dismiss" onPress={saving.dismiss} />
          </div>
        ),
      };
    case 'failed':
      return {
        button,
        line: (
          <div className={styles.error}>
            <ErrorBox
              error={state.error}
              title="It could not be saved."
              action={
                <Button look="quiet" onPress={saving.dismiss}>
                  Dismiss
                </Button>
              }
            />
          </div>
        ),
      };
  }
}
