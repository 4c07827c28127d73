/** How many lines of a text the other one does not have, wherever they stand; a line that comes twice counts twice. */
export function differingLines(mine: string, theirs: string): number {
  const left = new Map<string, number>();
  for (const line of mine.split('\n')) left.set(line, (left.get(line) ?? 0) + 1);
  let differing = 0;
  for (const line of theirs.split('\n')) {
    const count = left.get(line) ?? 0;
    if (count === 0) differing += 1;
    else left.set(line, count - 1);
  }
  return differing;
}
