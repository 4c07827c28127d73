// What a benchmark is given: it compares contenders, prints what comes out and keeps it for the next run.
import { join } from 'node:path';
import { comparedWith, figuresOf } from './figures.mjs';
import { nodeLane } from './node-lane.mjs';
import { runPasses } from './passes.mjs';
import { linesOf } from './report.mjs';
import { machine, readResult, writeResult } from './results.mjs';

/**
 * @param folder Where contenders keep what they store.
 * @param chromium Opens contenders in pages, see chromium.mjs.
 */
export async function createBench(name, { size, rounds, budgetMs, folder, chromium, say, note }) {
  const before = await readResult(name, size);
  const comparisons = {};
  let places = 0;
  const place = () => join(folder, `place-${(places += 1)}`);
  const open = { node: nodeLane, chromium: (...given) => chromium.lane(...given) };

  /** A contender of a workload, in a lane of its own; every pass has a place of its own, removed after it. */
  const lane =
    (runtime, contender, workload, { method = 'pass', at, ...more } = {}) =>
    async () => {
      const opened = await open[runtime](contender, workload, more);
      return {
        async pass() {
          const own = at ?? place();
          const told = await opened.call(method, own);
          await opened.call('remove', own);
          // A browser goes on with that when it has said that it is done: nobody else's pass is to bear it.
          if (runtime === 'chromium') await new Promise((resolve) => setTimeout(resolve, 1500));
          return told;
        },
        close: () => opened.close(),
      };
    };

  /** What has been measured, beside what was before of what has not. */
  const resultNow = () => {
    const all = { ...before.comparisons, ...comparisons };
    return { name, size, at: new Date().toISOString(), machine: machine(), comparisons: all };
  };

  return {
    size,
    isQuick: size === 'quick',
    place,
    lane,
    open,
    say,
    /**
     * @param floor The name of the contender that the others are set against.
     * @param subject The one of which it is also told how it does against all others.
     * @param contenders By name, what opens each; see `runPasses`.
     */
    async compare(key, title, { floor, subject, contenders, ...options }) {
      const taken = await runPasses(contenders, {
        rounds,
        budgetMs,
        ...options,
        onPass: (contender, round, ms, failed) =>
          note(`${name} ${key}: ${contender}, ${round}: ${failed ?? `${Math.round(ms)} ms`}`),
      });
      const figures = figuresOf(taken, { floor, before: before.comparisons[key]?.figures });
      const others = subject === undefined ? [] : comparedWith(figures, { subject, floor });
      comparisons[key] = { title, floor, figures, others };
      for (const line of linesOf(title, figures, { floor })) say(line);
      if (others.length > 0)
        say(
          `  ${subject} takes ${others.map(({ name, ratio }) => `${ratio.toFixed(2)} x the time of ${name}`).join(', ')}`,
        );
      // At once, for the next one may be interrupted.
      await writeResult(name, size, resultNow());
      return figures;
    },
    resultNow,
  };
}
