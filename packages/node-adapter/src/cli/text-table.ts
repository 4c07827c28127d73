import type { Colors } from './colors.ts';
import { cut, displayWidth, padEnd, padStart } from './display-width.ts';

/** A column of a {@link textTable}. */
export interface TextColumn {
  readonly name: string;
  /** Stands below the name. */
  readonly type?: string | undefined;
  /** Numbers stand at the right, their decimal points below each other. */
  readonly isNumber?: boolean;
  /** Is never cut, as numbers are not: half of it would be another value. */
  readonly isWhole?: boolean;
  readonly cells: readonly string[];
  /** Paints a cell that has its width already. */
  readonly paint?: (text: string, row: number) => string;
}

/** Options of {@link textTable}. */
export interface TextTableOptions {
  /** Cells in a line; the widest texts are cut until it fits, as far as that goes. @default as wide as it comes */
  readonly width?: number | undefined;
  readonly colors: Colors;
}

const gap = '  ';
const least = 12;
/** A long type may be cut: the names of its fields say little without values. */
const longestType = 24;

/** A table as lines of text: a header, and a line for each row. */
export function textTable(columns: readonly TextColumn[], { width, colors }: TextTableOptions): string[] {
  const aligned = columns.map((column) => ({
    ...column,
    cells: column.isNumber === true ? alignPoints(column.cells) : column.cells,
  }));
  const wanted = aligned.map(({ name, type = '', cells }) =>
    cells.reduce(
      (most, cell) => Math.max(most, displayWidth(cell)),
      Math.max(displayWidth(name), Math.min(type.length, longestType)),
    ),
  );
  const isCut = aligned.map(({ isNumber, isWhole }) => isNumber !== true && isWhole !== true);
  const widths = fit(wanted, isCut, width);
  const line = (texts: readonly string[], paint: (text: string, column: number) => string): string => {
    const last = texts.length - 1;
    return texts
      .map((text, index) => {
        const { isNumber } = aligned[index] as TextColumn;
        const room = widths[index] as number;
        const short = cut(text, room);
        const padded =
          isNumber === true ? padStart(short, room) : index === last ? short : padEnd(short, room);
        return paint(padded, index);
      })
      .join(gap)
      .trimEnd();
  };
  const lines = [
    line(
      aligned.map(({ name }) => name),
      (text) => colors.bold(text),
    ),
  ];
  if (aligned.some(({ type }) => type !== undefined))
    lines.push(
      line(
        aligned.map(({ type = '' }) => type),
        (text) => colors.dim(text),
      ),
    );
  const rows = aligned.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  for (let row = 0; row < rows; row += 1) {
    lines.push(
      line(
        aligned.map(({ cells }) => cells[row] ?? ''),
        (text, index) => aligned[index]?.paint?.(text, row) ?? text,
      ),
    );
  }
  return lines;
}

/** Makes room after the point so that all points of a column stand below each other. */
function alignPoints(cells: readonly string[]): string[] {
  const after = (cell: string): number => {
    const point = /^-?\d+(\.\d+)?$/.exec(cell);
    return point === null ? 0 : (point[1]?.length ?? 0);
  };
  const most = cells.reduce((sum, cell) => Math.max(sum, after(cell)), 0);
  return cells.map((cell) => (/\d$/.test(cell) ? cell + ' '.repeat(most - after(cell)) : cell));
}

/** Cuts the widest of the columns that may be cut until all fit, or none of them is wide. */
function fit(wanted: readonly number[], isCut: readonly boolean[], width: number | undefined): number[] {
  const widths = [...wanted];
  if (width === undefined) return widths;
  const room = width - gap.length * (widths.length - 1);
  for (;;) {
    const over = widths.reduce((sum, one) => sum + one, 0) - room;
    const open = widths.map((one, index) => (isCut[index] === true ? one : 0));
    const widest = Math.max(...open);
    if (over <= 0 || widest <= least) return widths;
    const index = open.indexOf(widest);
    const second = Math.max(...open.filter((_, other) => other !== index), 0);
    widths[index] = Math.max(least, Math.min(widest - 1, Math.max(widest - over, second)));
  }
}

/** RFC 4180, with `\n` after each line. Null is an empty field, an empty text `""`. */
export function csvText(names: readonly string[], rows: readonly (readonly (string | null)[])[]): string {
  const field = (text: string | null): string => {
    if (text === null) return '';
    return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [names, ...rows].map((row) => `${row.map(field).join(',')}\n`).join('');
}
