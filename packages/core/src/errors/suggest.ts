import { closest, distance } from 'fastest-levenshtein';

/**
 * The known name nearest to a misspelt one, or undefined when none is near: at most two edits, or a third of the
 * name's length for longer ones.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(name.toLowerCase(), known.map((candidate) => candidate.toLowerCase()) as string[]);
  const index = known.findIndex((candidate) => candidate.toLowerCase() === nearest);
  const allowed = Math.max(2, Math.floor(name.length / 3));
  return distance(name.toLowerCase(), nearest) <= allowed ? known[index] : undefined;
}

/** The words `; did you mean 'x'?` for an unknown name, or nothing when no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`;
}
