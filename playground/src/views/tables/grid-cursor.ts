/** A cell by its place; row -1 is the head. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** The cell that is active, and where a selection that ends in it began. */
export interface Cursor extends Place {
  readonly anchor: Place;
}

/** How large a table is, and how many rows a page of the screen has. */
export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  readonly page: number;
}

/** A key, as the browser tells of it. */
export interface PressedKey {
  readonly key: string;
  readonly shiftKey: boolean;
  /** Control, or Command on a Mac. */
  readonly isMod: boolean;
}

/**
 * Where a key moves the cursor, as in the grid of the ARIA Authoring Practices (https://www.w3.org/WAI/ARIA/apg/patterns/grid/); undefined
 * for a key that moves nothing.
 */
export function moveCursor(
  cursor: Cursor,
  { key, shiftKey, isMod }: PressedKey,
  size: GridSize,
): Cursor | undefined {
  const { row, column } = cursor;
  const [lastRow, lastColumn] = [size.rows - 1, size.columns - 1];
  const moves: Readonly<Record<string, readonly [row: number, column: number]>> = {
    ArrowUp: isMod ? [Math.min(0, row), column] : [row - 1, column],
    ArrowDown: isMod ? [lastRow, column] : [row + 1, column],
    ArrowLeft: isMod ? [row, 0] : [row, column - 1],
    ArrowRight: isMod ? [row, lastColumn] : [row, column + 1],
    PageUp: [row < 0 ? row : Math.max(0, row - size.page), column],
    PageDown: [row + size.page, column],
    Home: isMod ? [Math.min(0, lastRow), 0] : [row, 0],
    End: isMod ? [lastRow, lastColumn] : [row, lastColumn],
  };
  const move = moves[key];
  if (move === undefined) return undefined;
  const place = {
    row: Math.min(lastRow, Math.max(-1, move[0])),
    column: Math.min(lastColumn, Math.max(0, move[1])),
  };
  const canExtend = shiftKey && place.row >= 0 && cursor.anchor.row >= 0;
  return { ...place, anchor: canExtend ? cursor.anchor : place };
}

/** The cells of a selection. */
export interface Range {
  readonly fromRow: number;
  readonly toRow: number;
  readonly fromColumn: number;
  readonly toColumn: number;
}

/** The rectangle between the active cell and the anchor, both in it. */
export function rangeOf({ row, column, anchor }: Cursor): Range {
  return {
    fromRow: Math.min(row, anchor.row),
    toRow: Math.max(row, anchor.row),
    fromColumn: Math.min(column, anchor.column),
    toColumn: Math.max(column, anchor.column),
  };
}
