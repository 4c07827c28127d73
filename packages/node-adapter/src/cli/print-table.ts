import type { Table } from 'apache-arrow';
import { arrowCells, arrowRows } from './arrow-cells.ts';
import { colorsFor } from './colors.ts';
import type { Given } from './command-spec.ts';
import { visible } from './display-width.ts';
import { jsonText } from './json-text.ts';
import { csvText, textTable } from './text-table.ts';

/** How a command prints a table. */
export type TableFormat = 'table' | 'json' | 'csv';

/** `--format`, for which `--json` is another word. @throws CairnError `invalid_argument` */
export function formatOf(given: Given): TableFormat {
  const format = given.word('format', ['table', 'json', 'csv']);
  if (!given.flag('json')) return format ?? 'table';
  if (format !== undefined && format !== 'json')
    throw given.wrong(`--json and --format ${format} exclude each other`);
  return 'json';
}

/** What goes with a table. */
export interface PrintTableOptions {
  readonly format: TableFormat;
  /** Types by the names of columns, to stand in the header. @default no line of types */
  readonly types?: ReadonlyMap<string, string>;
  /** Where the rows stand in JSON. @default the rows are the document */
  readonly document?: (rows: readonly Record<string, unknown>[]) => unknown;
}

/** Numbers that Arrow has no type for come as text. */
const isNumeric = (type: string | undefined): boolean => type === 'HUGEINT' || type === 'UHUGEINT';

/** An Arrow table as text for people, as JSON or as CSV. */
export function tableText(
  table: Table,
  { format, types, document = (rows) => rows }: PrintTableOptions,
): string {
  const columns = arrowCells(table);
  if (format === 'json') return `${jsonText(document(arrowRows(columns)), 2)}\n`;
  if (format === 'csv') {
    const rows = Array.from({ length: table.numRows }, (_, row) =>
      columns.map(({ texts }) => texts[row] ?? null),
    );
    return csvText(
      columns.map(({ name }) => name),
      rows,
    );
  }
  const { stdout } = process;
  const colors = colorsFor(stdout);
  const lines = textTable(
    columns.map(({ name, type, isNumber, isTime, texts }) => ({
      name: visible(name),
      type: types === undefined ? undefined : (types.get(name) ?? type),
      isNumber: isNumber || isNumeric(types?.get(name)),
      isWhole: isTime,
      cells: texts.map((text) => (text === null ? 'NULL' : visible(isTime ? text.replace('T', ' ') : text))),
      paint: (text, row) => (texts[row] === null ? colors.dim(text) : text),
    })),
    { width: stdout.isTTY ? stdout.columns : undefined, colors },
  );
  return `${lines.join('\n')}\n`;
}
