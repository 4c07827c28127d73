import { cp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fsStore } from '@cairn/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryFolder } from './memory-folder.js';
import { prepareStore } from './prepared-store.js';
import { scenarios, stateOf, statesOf, type Scenario, type State } from './scenarios.mjs';
import { startSteps, type Steps } from './steps.js';

// By default, some of the calls; with this, every one, and every one in a process that is killed.
const isAll = process.env['CAIRN_CRASH'] === 'all';
let folder: string;

beforeAll(() => {
  folder = memoryFolder();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Crash {
  readonly root: string;
  readonly scenario: string;
  readonly when: string;
  readonly at: number;
  readonly isKill: boolean;
  readonly isSlow: boolean;
}

interface Crashed {
  /** The steps that were done before; the last one is `end` when nothing ended them. */
  readonly done: readonly string[];
  /** How many calls there were; unknown when the process was killed. */
  readonly calls?: number;
}

/** Runs a scenario until it is ended. */
async function crash(steps: Steps, how: Crash): Promise<Crashed> {
  steps.tell(how);
  const done: string[] = [];
  for (;;) {
    const told = (await steps.next()) as Crashed | { readonly name: string } | undefined;
    if (told === undefined) {
      expect(await steps.ended).toEqual([null, 'SIGKILL']);
      return { done };
    }
    if (!('name' in told)) return told;
    done.push(told.name);
  }
}

/** What a crash has left is one of these states, whole, and the store goes on. */
async function checkAfterwards(root: string, prefix: string, expected: readonly State[]): Promise<void> {
  const store = fsStore({ root });
  try {
    const state = await stateOf(store, prefix);
    expect(expected).toContainEqual(state);
    const before = await store.leaseInfo(prefix);
    expect(before?.state).not.toBe('live');
    const lease = await store.acquire(prefix);
    expect(lease.generation).toBeGreaterThan(before?.generation ?? 0);
    expect(await stateOf(store, prefix)).toEqual(state);
    await store.append(`${prefix}journal`, Buffer.from('afterwards'), { lease, sync: true });
    await store.put(`${prefix}value`, Buffer.from('afterwards'), { lease });
    await lease.release();
    const journal = [state['journal'] ?? [], 'afterwards'].flat();
    expect(await stateOf(store, prefix)).toEqual({ ...state, journal, value: 'afterwards' });
  } finally {
    await store.close();
  }
}

/** Ends a scenario at every call, or at every nth, in turn, and looks at what that has left. */
async function crashEverywhere(
  name: string,
  scenario: Scenario,
  when: string,
  {
    isKill = false,
    isSlow = false,
    every,
  }: { readonly isKill?: boolean; readonly isSlow?: boolean; readonly every: number },
): Promise<void> {
  const template = join(folder, `${name} ${when} ${isKill} ${isSlow}`);
  await prepareStore(template, scenario);
  const states = statesOf(scenario);
  let next = 1;
  let calls = Infinity;
  const work = async (): Promise<void> => {
    let steps = startSteps('crash-steps.mjs');
    while (next <= calls) {
      const at = next;
      next += every;
      const root = `${template} ${at}`;
      await cp(template, root, { recursive: true });
      const crashed = await crash(steps, { root, scenario: name, when, at, isKill, isSlow });
      const isWhole = crashed.done.at(-1) === 'end';
      if (isWhole) calls = crashed.calls ?? calls;
      // A call that has no half.
      if (isWhole && at <= calls) continue;
      const count = crashed.done.length - (isWhole ? 1 : 0);
      const expected = states.slice(count, count + 2);
      await checkAfterwards(root, scenario.prefix, expected).catch((error: unknown) => {
        throw new Error(`ended ${when} call ${at}, after: ${crashed.done.join(', ')}`, { cause: error });
      });
      if (isKill) steps = startSteps('crash-steps.mjs');
    }
    await steps.end();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  expect(calls).toBeGreaterThan(10);
}

describe.each(Object.entries(scenarios))('a process may end %s', (name, scenario) => {
  // What is there after one call is mostly what is there before the next.
  test.each(isAll ? ['before', 'after', 'half'] : ['before', 'half'])(
    '%s any call of the file system',
    (when) => crashEverywhere(name, scenario, when, { every: isAll || when === 'half' ? 1 : 2 }),
  );

  test.each(isAll ? ['before', 'half'] : ['half'])('%s any call of a slow file system', (when) =>
    crashEverywhere(name, scenario, when, { isSlow: true, every: 1 }),
  );

  test('by being killed', () =>
    crashEverywhere(name, scenario, 'before', { isKill: true, every: isAll ? 1 : 13 }));
});
