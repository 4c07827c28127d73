import {
  definePipeline,
  effect,
  sql,
  step,
  type Engine,
  type RunResult,
  type SqlStep,
  type TableRef,
} from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { breakableEngine } from './breakable-engine.js';
import { errorOf, lastingStore, outcomes, sharedEngine, testRunner } from './fixtures.js';

/* The engine holds no more tables than the budget allows, and what was dropped comes back when it is needed. */

const engine = sharedEngine();
const megabytes = 2 ** 20;

/** What is seen of an engine at work. */
interface Seen {
  readonly imported: string[];
  readonly dropped: string[];
  /** The most bytes of tables that stood after one was made. */
  peak: number;
  /** The most statements of steps that were at work at once. */
  together: number;
}

/** The same engine, and what it is asked to do. */
function watched(over: Engine): { readonly engine: Engine; readonly seen: Seen } {
  const seen: Seen = { imported: [], dropped: [], peak: 0, together: 0 };
  let atWork = 0;
  const measured = async <Made>(made: Promise<Made>): Promise<Made> => {
    seen.together = Math.max(seen.together, (atWork += 1));
    const info = await made.finally(() => (atWork -= 1));
    const text = `select sum(memory_usage_bytes)::double as n from duckdb_memory() where tag = 'IN_MEMORY_TABLE'`;
    const answer = await over.query({ parts: [{ kind: 'text', text }] });
    seen.peak = Math.max(seen.peak, Number(answer.get(0)?.['n']));
    return info;
  };
  return {
    seen,
    engine: {
      ...over,
      createTable: (...given) => measured(over.createTable(...given)),
      importParts(table, ...given) {
        seen.imported.push(table.name);
        return measured(over.importParts(table, ...given));
      },
      dropTable(table: TableRef) {
        seen.dropped.push(table.name);
        return over.dropTable(table);
      },
    },
  };
}

/** Fifteen tables of some 4 MiB each, and what becomes of each with one that was made long before. */
function many(rows = 100_000) {
  const made = Array.from({ length: 15 }, (_, at) =>
    step(
      `t${at}`,
      sql`select range as id, (range * ${at + 7919}) % 100003 as v, 'name ' || range % 1000 as name from range(${rows})`,
    ),
  );
  const joined = made.map((one, at) =>
    step(
      `j${at}`,
      sql`select a.name, sum(a.v - b.v)::bigint as v from ${one} a join ${made[(at + 5) % 15] ?? one} b using (id) group by all`,
    ),
  );
  return definePipeline({ name: 'many', processes: { make: made, join: joined } });
}

const hashes = ({ steps }: RunResult): (string | undefined)[] =>
  [...steps.values()].map(({ contentHash }) => contentHash);

describe('tables that are five times the budget', () => {
  const budget = 10 * megabytes;
  let unlimited: Promise<{ result: RunResult; seen: Seen }> | undefined;
  const expected = () =>
    (unlimited ??= (async () => {
      const { engine: own, seen } = watched(engine);
      return {
        result: await testRunner({ engine: own, memoryBudget: Infinity }).runner.run(many()),
        seen,
      };
    })());

  test('are all in the engine without one', async () => {
    const { seen } = await expected();
    expect(seen.peak).toBeGreaterThan(5 * budget);
    expect(seen.imported).toEqual([]);
  });

  test('are dropped and come back, and the result is the same', async () => {
    const { engine: own, seen } = watched(engine);
    const { runner, events } = testRunner({ engine: own, memoryBudget: budget, concurrency: 1 });
    const result = await runner.run(many());
    const { result: whole } = await expected();
    expect(hashes(result)).toEqual(hashes(whole));
    expect(new Set(outcomes(result).map((text) => text.split(' ')[1]))).toEqual(new Set(['complete']));
    // A table is dropped once the one that needs its room is there.
    expect(seen.peak).toBeLessThan(1.6 * budget);
    expect(seen.imported.length).toBeGreaterThanOrEqual(15);
    expect(events.filter(({ type }) => type === 'step_start')).toHaveLength(30);
  });

  test('with several steps at a time', async () => {
    const { engine: own, seen } = watched(engine);
    const { runner } = testRunner({ engine: own, memoryBudget: budget });
    const result = await runner.run(many());
    const { result: whole } = await expected();
    expect(hashes(result)).toEqual(hashes(whole));
    expect(seen.peak).toBeLessThan(3 * budget);
    expect(seen.imported.length).toBeGreaterThanOrEqual(15);
  });

  test('in a run in which everything before is reused', async () => {
    const store = lastingStore();
    await testRunner({ engine, store, memoryBudget: budget }).runner.run(many());
    const { engine: own, seen } = watched(engine);
    const { result: whole } = await expected();
    const again = testRunner({ engine: own, store, memoryBudget: budget }).runner;
    const force = Array.from({ length: 15 }, (_, at) => `j${at}` as const);
    const forced = await again.run(many(), undefined, { force });
    expect(hashes(forced)).toEqual(hashes(whole));
    expect(seen.peak).toBeLessThan(1.6 * budget);
    expect(forced.steps.get('t0')?.outcome).toBe('reused');
  });
});

describe('what is dropped', () => {
  const numbers = (at: number) => sql`select range as id, range * ${at} as v from range(300000)`;
  const count = (of: SqlStep) => sql`select count(*) as n from ${of}`;
  /** Code begins once everything before it is committed. */
  const committed = (steps: readonly SqlStep[]) =>
    effect('committed', {}, () => Promise.resolve(null), { after: steps });

  test('is what is needed last', async () => {
    const [a, b, c] = [step('a', numbers(1)), step('b', numbers(2)), step('c', numbers(3))];
    const wait = committed([a, b, c]);
    const last = [b, a, c].map((of, at) => step(`n${at}`, count(of), { after: [wait] }));
    const main = [a, b, c, wait, ...last];
    const { engine: own, seen } = watched(engine);
    const { runner } = testRunner({ engine: own, memoryBudget: 22 * megabytes, concurrency: 1 });
    await runner.run(definePipeline({ name: 'last', processes: { main } }));
    expect(seen.dropped[0]).toBe('c');
    expect(seen.imported).toEqual(['c']);
  });

  test('is no table without a checkpoint', async () => {
    const [a, b] = [step('a', numbers(1), { checkpoint: false }), step('b', numbers(2))];
    const wait = committed([b]);
    const one = step('one', count(a), { after: [wait] });
    const main = [a, step('first', count(a)), b, wait, one, step('two', count(b), { after: [one] })];
    const { engine: own, seen } = watched(engine);
    const { runner, events } = testRunner({ engine: own, memoryBudget: 2 * megabytes, concurrency: 1 });
    await runner.run(definePipeline({ name: 'kept', processes: { main } }));
    expect(seen.imported).toEqual(['b']);
    expect(events.filter((event) => event.type === 'step_start' && event.step === 'a')).toHaveLength(1);
  });

  test('is nothing that a step at work reads; what is not committed yet is waited for', async () => {
    const [a, b] = [step('a', numbers(1)), step('b', numbers(2))];
    const both = step('both', sql`select sum(a.v + b.v)::bigint as v from ${a} a join ${b} b using (id)`);
    const { engine: own, seen } = watched(engine);
    const { runner } = testRunner({ engine: own, memoryBudget: 1, concurrency: 1 });
    const result = await runner.run(definePipeline({ name: 'both', processes: { main: [a, b, both] } }));
    expect((await result.table('both')).get(0)?.toJSON()).toEqual({ v: 134_999_550_000n });
    expect(seen.imported).toEqual(['a']);
  });
});

test('steps that do not fit beside each other wait for each other', async () => {
  const slow = sql`select count(*) as n from range(3000) x(i), range(3000) y(j) where i * j % 7 = 3`;
  const build = () => {
    const made = [1, 2, 3].map((at) => step(`a${at}`, sql`select range as id from range(${300_000 + at})`));
    const reads = made.map((one, at) =>
      step(`b${at + 1}`, sql`select count(*) as n from ${one} where id > (${slow})`),
    );
    return definePipeline({ name: 'wait', processes: { main: made, read: reads } });
  };
  const together: number[] = [];
  for (const memoryBudget of [Infinity, 6 * megabytes]) {
    const store = lastingStore();
    await testRunner({ engine, store }).runner.run(build());
    const { engine: own, seen } = watched(engine);
    const bounded = testRunner({ engine: own, store, memoryBudget }).runner;
    await bounded.run(build(), undefined, { force: ['b1', 'b2', 'b3'] });
    together.push(seen.together);
  }
  expect(together).toEqual([3, 1]);
});

describe('an engine that has little memory', () => {
  const small = () => breakableEngine(() => undefined, { settings: { memory_limit: '90MB' } });

  test('is never full where the budget leaves it room', async () => {
    const { engine: own, instances } = small();
    const { runner, events } = testRunner({ engine: own, memoryBudget: 30 * megabytes, concurrency: 2 });
    await runner.run(many(200_000));
    expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
    expect(instances).toHaveLength(1);
  });

  test('goes on without it too, each step alone; what does not fit alone is told with sizes', async () => {
    const { engine: own } = small();
    const a = step('a', sql`select range as id, md5(range::varchar) as h from range(400000)`);
    const b = step('b', sql`select a.* from ${a} a, range(20)`);
    const c = step('c', sql`select count(*) as n from ${a}`);
    const failed = testRunner({ engine: own }).runner.run(
      definePipeline({ name: 'large', processes: { main: [a, b, c] } }),
    );
    const error = await errorOf(failed, 'engine_failed');
    expect(error.message).toMatch(
      /^Step 'b' of pipeline 'large': The step does not fit into memory, not even alone with its inputs; it reads 'a' \(400,000 rows, about \d+\.\d MiB\)\. The engine ran out of memory \(.*85\.8 MiB/,
    );
    expect(error.details).toMatchObject({ step: 'b' });
    const { result } = (await errorOf(failed, 'run_failed')).details as { result: RunResult };
    expect(outcomes(result)).toEqual(['a complete', 'b failed', 'c complete']);
    expect(result.steps.get('b')?.attempts).toBe(2);
  });
});

test.each([0, -1, Number.NaN, '1GB', null])('a budget of %s is refused', (memoryBudget) => {
  expect(() => testRunner({ engine, memoryBudget: memoryBudget as never })).toThrow(
    "option 'memoryBudget' needs a number of bytes above 0",
  );
});
