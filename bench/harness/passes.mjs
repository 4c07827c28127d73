// Runs contenders in passes: each one's first pass is cold and told apart; then rounds, in turns, so that a busy machine
// disturbs all alike.

import { spawnSync } from 'node:child_process';

/** What one has written is on the disk before another is timed: its writing would be felt. */
const quietDisk = () => process.platform !== 'win32' && spawnSync('sync');

const fresh = { cold: undefined, warm: [], facts: {}, failed: undefined };

/**
 * @param contenders By name, what opens each: `open()` gives `{ pass(), close() }`, and `pass` the milliseconds that it
 * took and other facts, of which the last stand. One that fails is told as failed and takes no more turns.
 * @param rounds How many warm passes of each there are, unless `budgetMs` is used up first; there are at least two.
 * @param isFresh Whether every pass is in a contender opened for it alone: then no pass is warm, and none is kept apart.
 */
export async function runPasses(contenders, { rounds, budgetMs = Infinity, isFresh = false, onPass }) {
  const taken = Object.fromEntries(Object.keys(contenders).map((name) => [name, structuredClone(fresh)]));
  const lanes = new Map();
  const begun = performance.now();

  const turn = async (name, round) => {
    const own = taken[name];
    if (own.failed !== undefined) return;
    try {
      if (isFresh || !lanes.has(name)) lanes.set(name, await contenders[name]());
      quietDisk();
      const { ms, ...facts } = await lanes.get(name).pass(round);
      if (round === 0 && !isFresh) own.cold = ms;
      else own.warm.push(ms);
      own.facts = told(own.facts, facts, round === 0 || isFresh);
      onPass?.(name, round, ms);
    } catch (error) {
      own.failed = String(error instanceof Error ? error.message : error)
        .split('\n')[0]
        .replace('page.evaluate: ', '');
      onPass?.(name, round, undefined, own.failed);
    }
    if (isFresh || own.failed !== undefined) {
      await lanes.get(name)?.close();
      lanes.delete(name);
    }
  };

  try {
    for (let round = isFresh ? 1 : 0; round <= rounds; round += 1) {
      if (round > 2 && performance.now() - begun > budgetMs) break;
      const order = Object.keys(contenders);
      if (round % 2 === 1) order.reverse();
      for (const name of order) await turn(name, round);
    }
  } finally {
    for (const lane of lanes.values()) await lane.close();
  }
  return taken;
}

/** What was told last counts, but of the longest task the longest: of the cold pass, and of all warm ones. */
function told(before, { longestTask, ...facts }, isCold) {
  if (longestTask === undefined) return { ...before, ...facts };
  const name = isCold ? 'coldTask' : 'warmTask';
  const longest = before[name]?.ms > longestTask.ms ? before[name] : longestTask;
  return { ...before, ...facts, [name]: longest };
}
