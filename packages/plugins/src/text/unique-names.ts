/**
 * Names as the engine makes them unique: an empty one by its position, a repeated one, without regard to case, by a number.
 */
export function uniqueNames(names: readonly string[], nameless: (index: number) => string): string[] {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  return names.map((name, index) => {
    const wanted = name === '' ? nameless(index) : name;
    const key = wanted.toLowerCase();
    let unique = wanted;
    let count = counts.get(key) ?? 1;
    for (; seen.has(unique.toLowerCase()) || (count > 1 && taken.has(unique.toLowerCase())); count += 1) {
      unique = `${wanted}_${count}`;
    }
    counts.set(key, count);
    seen.add(unique.toLowerCase());
    return unique;
  });
}
