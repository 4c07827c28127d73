// What passes come to: medians, spreads, ratios against the floor of the same rounds, and against the run before.
import { median, ratioOf } from '../in-turns.mjs';

const spreadOf = (times) => ({ median: median(times), least: Math.min(...times), most: Math.max(...times) });

/** The figures of a comparison, as they go into its JSON file. `before` are those of the run before, or undefined. */
export function figuresOf(taken, { floor, before }) {
  const base = taken[floor];
  return Object.fromEntries(
    Object.entries(taken).map(([name, { cold, warm, facts, failed }]) => {
      if (failed !== undefined || warm.length === 0) return [name, { failed: failed ?? 'it took no turn' }];
      const figures = { cold, warm: spreadOf(warm), times: warm, ...facts };
      // A floor that failed in a later round has fewer of them.
      const pairs = warm.slice(0, base.warm.length);
      if (name !== floor && pairs.length > 0 && base.failed === undefined)
        figures.against = ratioOf(pairs, base.warm);
      const then = before?.[name];
      if (then?.failed === undefined) figures.before = then?.against?.ratio;
      return [name, figures];
    }),
  );
}

/** How much of each other contender's time the subject took, in pairs of rounds. */
export function comparedWith(figures, { subject, floor }) {
  const own = figures[subject]?.times ?? [];
  return Object.entries(figures).flatMap(([name, { times = [] }]) => {
    const pairs = Math.min(own.length, times.length);
    if (name === subject || name === floor || pairs === 0) return [];
    return [{ name, ...ratioOf(own.slice(0, pairs), times) }];
  });
}
