import type { Column } from '@cairn/core';
import { shortType } from '../../state/column-kind.ts';

/** In pixels: a letter of the head and one of a value, and what stands around them. */
const [headLetter, valueLetter, around] = [7.8, 7.8, 20];
const [least, most, looked] = [112, 300, 40];

/** How wide columns are, by what their heads and first rows say. */
export function columnWidths(
  columns: readonly Column[],
  text: (row: number, column: number) => string | undefined,
): readonly number[] {
  return columns.map(({ name, type }, column) => {
    let width = Math.max(name.length * headLetter + 40, shortType(type).length * 6.5) + around;
    for (let row = 0; row < looked; row += 1)
      width = Math.max(width, Math.min(60, text(row, column)?.length ?? 0) * valueLetter + around);
    return Math.round(Math.min(most, Math.max(least, width)));
  });
}
