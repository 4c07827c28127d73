import { cellAt } from './cell-text.ts';
import type { TableGrid } from './table-grid.ts';

/** More than this is better saved as a file. */
export const mostCopied = 100_000;

/** Cells as text that spreadsheets take: tabs between values, a line for each row, nothing for null. */
export async function copiedText(
  grid: Pick<TableGrid, 'read'>,
  range: {
    readonly fromRow: number;
    readonly toRow: number;
    readonly fromColumn: number;
    readonly toColumn: number;
  },
): Promise<string> {
  const table = await grid.read({ offset: range.fromRow, limit: range.toRow - range.fromRow + 1 });
  const columns = Array.from({ length: range.toColumn - range.fromColumn + 1 }, (_, at) =>
    table.getChildAt(range.fromColumn + at),
  );
  const isOne = table.numRows === 1 && columns.length === 1;
  const lines = Array.from({ length: table.numRows }, (_, row) =>
    columns.map((column) => {
      const cell = column === null ? undefined : cellAt(column, row);
      const text = cell === undefined || cell.look === 'null' ? '' : cell.text;
      return isOne ? text : text.replaceAll(/[\t\r\n]+/g, ' ');
    }),
  );
  return lines.map((line) => line.join('\t')).join('\n');
}
