import { createRunner, definePipeline, sql, step, type Engine, type RunResult } from '@cairn/core';
import { createWebEngine, indexedDbStore } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { expect, test } from 'vitest';

/** Ten tables of some 4 MiB each, and what becomes of each with one that was made long before. */
function many() {
  const made = Array.from({ length: 10 }, (_, at) =>
    step(
      `t${at}`,
      sql`select range as id, (range * ${at + 7919}) % 100003 as v, 'name ' || range % 1000 as name from range(100000)`,
    ),
  );
  const joined = made.map((one, at) =>
    step(
      `j${at}`,
      sql`select a.name, sum(a.v - b.v)::bigint as v from ${one} a join ${made[(at + 5) % 10] ?? one} b using (id) group by all`,
    ),
  );
  return definePipeline({ name: 'many', processes: { make: made, join: joined } });
}

test('tables that are five times the memory budget leave the engine, come back, and are the same', async () => {
  const engine = createWebEngine({ assets: duckDbAssets });
  const run = async (memoryBudget: number): Promise<{ result: RunResult; peak: number; imports: number }> => {
    const seen = { peak: 0, imports: 0 };
    const measured = async <Made>(made: Promise<Made>): Promise<Made> => {
      const info = await made;
      const text = `select sum(memory_usage_bytes)::double as n from duckdb_memory() where tag = 'IN_MEMORY_TABLE'`;
      const answer = await engine.query({ parts: [{ kind: 'text', text }] });
      seen.peak = Math.max(seen.peak, Number(answer.get(0)?.['n']));
      return info;
    };
    const watched: Engine = {
      ...engine,
      createTable: (...given) => measured(engine.createTable(...given)),
      importParts(...given) {
        seen.imports += 1;
        return measured(engine.importParts(...given));
      },
      close: () => Promise.resolve(),
    };
    await using runner = createRunner({
      store: indexedDbStore({ database: `budget-${crypto.randomUUID()}` }),
      engine: watched,
      memoryBudget,
      concurrency: 1,
    });
    return { result: await runner.run(many()), ...seen };
  };
  const budget = 7 * 2 ** 20;
  const whole = await run(Infinity);
  const bounded = await run(budget);
  await engine.close();
  expect(whole.peak).toBeGreaterThan(5 * budget);
  expect(whole.imports).toBe(0);
  expect(bounded.peak).toBeLessThan(2 * budget);
  expect(bounded.imports).toBeGreaterThanOrEqual(10);
  const hashes = ({ steps }: RunResult) => [...steps.values()].map(({ contentHash }) => contentHash);
  expect(hashes(bounded.result)).toEqual(hashes(whole.result));
});
