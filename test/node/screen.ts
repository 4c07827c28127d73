/** What begins a command to a terminal. */
export const escape = '\u001b';
const command = `${escape}\\[([0-9;?]*)([A-Za-z])`;

/**
 * What a terminal of so many columns shows after some output, as lines without colours; it knows the movements that
 * progress uses. A line that is too long goes on in the next, as in a real one.
 */
export function screenOf(output: string, columns: number): string[] {
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  const lineAt = (index: number): string[] => (lines[index] ??= []);
  for (const [token] of output.matchAll(new RegExp(`${command}|\\r|\\n|[^]`, 'gu'))) {
    const move = new RegExp(`^${command}$`).exec(token);
    if (move !== null) {
      const count = Number(move[1] || 1);
      if (move[2] === 'A') row = Math.max(0, row - count);
      if (move[2] === 'K' || move[2] === 'J') lineAt(row).splice(column);
      if (move[2] === 'J') lines.splice(row + 1);
    } else if (token === '\r') column = 0;
    else if (token === '\n') [row, column] = [row + 1, 0];
    else {
      if (column === columns) [row, column] = [row + 1, 0];
      lineAt(row)[column] = token;
      column += 1;
    }
    lineAt(row);
  }
  return Array.from(lines, (line) => Array.from(line ?? [], (letter) => letter ?? ' ').join(''));
}

/** The frames that were drawn in place, in order, without colours. */
export function framesOf(output: string): string[][] {
  return output
    .split(`${escape}[J`)
    .slice(0, -1)
    .map((frame) =>
      frame
        .replace(new RegExp(`${command}|\\r`, 'g'), '')
        .split('\n')
        .slice(0, -1),
    );
}
