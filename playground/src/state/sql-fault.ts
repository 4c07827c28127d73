/** A part of a text, as offsets. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Where in a statement the engine found something wrong, by the line that its message shows; undefined where it shows none,
 * or where that line is not there any more. Values stand there as `$1`, where the statement has `$name`.
 *
 * @param linesBefore How many lines stood before the statement when it ran. @default 0
 */
export function placeOfSqlError(message: string, sql: string, linesBefore = 0): Span | undefined {
  const [, label = '', number = '', shown = '', indent = ''] =
    /\n(LINE (\d+): )(.*)\n( *)\^/.exec(message) ?? [];
  if (label === '') return undefined;
  const index = Number(number) - 1 - linesBefore;
  const lines = sql.split('\n');
  const line = lines[index];
  if (line === undefined) return undefined;
  const start = lines.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0);
  const column = indent.length - label.length;
  // Pieces between values are the same in both.
  let [inShown, inLine] = [0, 0];
  let found: number | undefined;
  for (const piece of shown.split(/(\$\d+)/)) {
    const isValue = /^\$\d+$/.test(piece);
    const written = isValue ? (/^\$\w+/.exec(line.slice(inLine))?.[0] ?? '') : piece;
    if (!isSame(line.slice(inLine, inLine + written.length), written) || (isValue && written === ''))
      return undefined;
    if (found === undefined && column < inShown + piece.length)
      found = inLine + (isValue ? 0 : column - inShown);
    inShown += piece.length;
    inLine += written.length;
  }
  if (line.slice(inLine).trim() !== '') return undefined;
  return wordAt(sql, start + (found ?? line.length));
}

/** Steps may be written in any case, and quoted. */
function isSame(written: string, shown: string): boolean {
  return written.toLowerCase() === shown.toLowerCase();
}

/** The word, number or quoted name that begins at a place, or else the character there; at a line's end, what is before. */
export function wordAt(text: string, at: number): Span {
  const word = /^(?:\$?[\p{L}\p{N}_][\p{L}\p{N}_.-]*|"[^"\n]*"?|'[^'\n]*'?|[^\s])/u.exec(text.slice(at))?.[0];
  if (word !== undefined)
    return { from: at, to: at + word.replace(/[.-]+$/, (end) => (end === word ? end : '')).length };
  const before = /\S+[^\S\n]*$/.exec(text.slice(0, at))?.[0] ?? text.slice(Math.max(0, at - 1), at);
  return { from: at - before.length, to: at };
}

/** What the engine says of a statement, without what is shown beside it. */
export function wordsOfSqlError(message: string): string {
  return message
    .replace(/^(?:.*: )?The SQL failed: /s, '')
    .replace(/\n+LINE \d+:[^]*?\^/, '')
    .trim();
}
