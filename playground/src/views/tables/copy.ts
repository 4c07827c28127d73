import { useCallback, useEffect, useState } from 'react';
import { copiedText, mostCopied } from '../../state/copy-cells.ts';
import type { TableGrid } from '../../state/table-grid.ts';
import { formatAmount } from '../../ui/formats.ts';
import { rangeOf, type Cursor } from './grid-cursor.ts';

/** Copies what is selected, and tells how that went. */
export function useCopy(grid: TableGrid): {
  readonly copy: (cursor: Cursor) => Promise<void>;
  /** For a few seconds. */
  readonly told: string | undefined;
} {
  const [told, setTold] = useState<string>();
  useEffect(() => {
    if (told === undefined) return undefined;
    const timer = setTimeout(() => setTold(undefined), 4000);
    return () => clearTimeout(timer);
  }, [told]);
  const copy = useCallback(
    async (cursor: Cursor) => {
      try {
        const head = grid.table.columns[cursor.column]?.name ?? '';
        const range = rangeOf(cursor);
        const cells = (range.toRow - range.fromRow + 1) * (range.toColumn - range.fromColumn + 1);
        if (cells > mostCopied) return setTold('Too much to copy: export it as a file');
        const text = cursor.row < 0 ? head : await copiedText(grid, range);
        await navigator.clipboard.writeText(text);
        setTold(`Copied ${formatAmount(cells, 'cell')}`);
      } catch (error) {
        setTold(`Not copied: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    [grid],
  );
  return { copy, told };
}
