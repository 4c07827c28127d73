import {
  definePipeline,
  effect,
  recordSchema,
  recordTableName,
  sql,
  step,
  type History,
  type ObjectStore,
  type RecordKind,
} from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { breakableEngine } from '../run/breakable-engine.js';
import { errorOf, lastingStore, sharedEngine, testRunner } from '../run/fixtures.js';
import { noEngine } from '../task/no-engine.js';
import { rowsOf } from './stored.js';

const engine = sharedEngine();
const kinds: readonly RecordKind[] = ['pipeline', 'process', 'step'];

function flaky(fails: () => boolean) {
  const first = effect('first', {}, () => 1, { reuse: true });
  const second = effect(
    'second',
    {},
    () => {
      if (fails()) throw new Error('no');
    },
    { after: [first] },
  );
  return definePipeline({ name: 'flaky', processes: { a: [first], b: [second] } });
}

/** A run that fails, and one that succeeds. */
async function recorded(): Promise<ObjectStore> {
  const store = lastingStore();
  const { runner } = testRunner({ engine: noEngine, store });
  let fails = true;
  const pipeline = flaky(() => fails);
  await errorOf(runner.run(pipeline, undefined, { correlationId: 'job' }), 'run_failed');
  fails = false;
  await runner.run(pipeline, undefined, { correlationId: 'job' });
  return store;
}

async function rows(history: History, query: Parameters<History['query']>[0]): Promise<unknown[]> {
  return (await history.query(query)).toArray().map((row) => row.toJSON() as unknown);
}

async function columnsOf(history: History, kind: RecordKind): Promise<unknown> {
  const found = await rows(
    history,
    `select column_name, column_type from (describe ${recordTableName(kind)})`,
  );
  return found.map((row) => Object.values(row as object));
}

describe('history', () => {
  test('SEMANTICS 2, records: SQL over the three tables, with exactly the declared columns', async () => {
    const store = await recorded();
    const { runner } = testRunner({ engine, store });
    await using history = await runner.history();
    for (const kind of kinds) {
      const declared = recordSchema(kind).map(({ name, type }) => [name, type]);
      expect(await columnsOf(history, kind)).toEqual(declared);
    }
    expect(
      await rows(
        history,
        `select p.attempt::int as attempt, p.status, p.failed_step, p.error_type, count(s.step)::int as steps
         from pipeline_runs p join step_runs s using (run_id) group by all order by attempt`,
      ),
    ).toEqual([
      { attempt: 1, status: 'failed', failed_step: 'second', error_type: 'step_failed', steps: 2 },
      { attempt: 2, status: 'success', failed_step: null, error_type: null, steps: 1 },
    ]);
    expect(
      await rows(
        history,
        sql`select distinct process from process_runs where status = ${'failed'} and started_at <= ${new Date()}`,
      ),
    ).toEqual([{ process: 'b' }]);
    expect(
      await rows(
        history,
        'select count(*)::int as n from step_runs s join process_runs p using (process_run_id)',
      ),
    ).toEqual([{ n: 3 }]);
    expect(history.damaged).toEqual([]);
    for (const kind of kinds) {
      const table = await history.table(kind);
      expect(table.schema.fields.map(({ name }) => name)).toEqual(recordSchema(kind).map(({ name }) => name));
      const order = `from ${recordTableName(kind)} order by started_at desc`;
      expect(table.toArray().map((row) => Number(row.started_at))).toEqual(
        (await history.query(order)).toArray().map((row) => Number(row.started_at)),
      );
    }
    expect((await history.table('pipeline')).get(0)?.toJSON()).toMatchObject({
      attempt: 2n,
      status: 'success',
    });
    await errorOf(history.table('run' as RecordKind), 'unknown_record');
    const [first] = await rowsOf(store, 'step_runs');
    const at = Date.parse(String(first?.['started_at']));
    expect(
      await rows(
        history,
        sql`select started_at = ${new Date(at)} as same from step_runs where run_id = ${first?.['run_id'] ?? ''} and step = 'first'`,
      ),
    ).toEqual([{ same: true }]);
  });

  test('of a store without records has the three tables, empty', async () => {
    const { runner } = testRunner({ engine });
    await using history = await runner.history();
    for (const kind of kinds) {
      const declared = recordSchema(kind).map(({ name, type }) => [name, type]);
      expect(await columnsOf(history, kind)).toEqual(declared);
      expect((await history.query(`from ${recordTableName(kind)}`)).numRows).toBe(0);
    }
  });

  test('is opened without the engine, and is what was recorded then', async () => {
    const store = await recorded();
    const { runner } = testRunner({ engine: noEngine, store });
    await (await runner.history()).close();
    const { runner: other } = testRunner({ engine, store });
    await using history = await other.history();
    await other.run(flaky(() => false));
    await using later = await other.history();
    const count = 'select count(*)::int as n from pipeline_runs';
    expect(await rows(history, count)).toEqual([{ n: 2 }]);
    expect(await rows(later, count)).toEqual([{ n: 3 }]);
    // Each has tables of its own: closing one leaves the other.
    await history.close();
    expect(await rows(later, count)).toEqual([{ n: 3 }]);
  });

  test('leaves out what is still being recorded', async () => {
    const store = await recorded();
    const [run] = await rowsOf(store, 'pipeline_runs');
    await store.delete(`records/pipeline_runs/${run?.['run_id']}.json`);
    const { runner } = testRunner({ engine, store });
    await using history = await runner.history();
    const count = 'select count(distinct run_id)::int as n from';
    for (const kind of kinds)
      expect(await rows(history, `${count} ${recordTableName(kind)}`)).toEqual([{ n: 1 }]);
    expect(history.damaged).toEqual([]);
  });

  test('skips damaged files, naming them, and refuses a newer format', async () => {
    const store = await recorded();
    const keys: string[] = [];
    for await (const { key } of store.list('records/step_runs/')) keys.push(key);
    const [first = ''] = keys;
    const text = async () => new TextDecoder().decode(await store.get(first));
    const whole = await text();
    const warned: unknown[] = [];
    const ignore = () => undefined;
    const logger = {
      debug: ignore,
      info: ignore,
      error: ignore,
      warn: (facts: object) => void warned.push(facts),
    };
    for (const damage of [
      whole.slice(0, 40),
      '',
      'null',
      '{"formatVersion":1}',
      whole.replace('"attempt":1', '"attempt":"1"'),
      whole.replace(/"started_at":"[^"]*"/, '"started_at":"never"'),
      whole.replace('"status":"failed"', '"status":null'),
    ]) {
      await store.put(first, new TextEncoder().encode(damage));
      const { runner } = testRunner({ engine, store, logger });
      await using history = await runner.history();
      expect(history.damaged, damage).toEqual([first]);
      expect(warned.splice(0)).toEqual([{ key: first }]);
    }
    const { runner } = testRunner({ engine, store });
    await using history = await runner.history();
    expect(await rows(history, 'select count(*)::int as n from step_runs')).toEqual([{ n: 1 }]);
    await store.put(first, new TextEncoder().encode(whole.replace('"formatVersion":1', '"formatVersion":2')));
    await errorOf(runner.history(), 'unsupported_format');
  });

  test('says what is wrong with a query, and when it is closed', async () => {
    const { runner } = testRunner({ engine, store: await recorded() });
    const history = await runner.history();
    const error = await errorOf(history.query('select nothing from pipeline_runs'), 'sql_failed');
    expect(error.message).toContain('nothing');
    const other = step('other', sql`select 1`);
    await errorOf(history.query(sql`select * from ${other}`), 'invalid_argument');
    for (const wrong of [undefined, 7, {}, other])
      await errorOf(history.query(wrong as never), 'invalid_argument');
    const left = await runner.history();
    await history.close();
    await history.close();
    expect((await errorOf(history.query('from step_runs'), 'already_closed')).message).toContain('history');
    await runner.close();
    expect((await errorOf(left.query('from step_runs'), 'already_closed')).message).toContain('runner');
    await left.close();
    await errorOf(runner.history(), 'already_closed');
  });

  test('makes its tables again when the engine was lost', async () => {
    const { engine: breakable, instances } = breakableEngine(() => undefined);
    const { runner } = testRunner({ engine: breakable, store: await recorded() });
    await using history = await runner.history();
    const count = 'select count(*)::int as n from step_runs';
    expect(await rows(history, count)).toEqual([{ n: 3 }]);
    await breakable.close();
    expect(await rows(history, count)).toEqual([{ n: 3 }]);
    expect(instances.length).toBeGreaterThan(1);
  });

  test('of 1,000 runs answers over all of them', async () => {
    const store = lastingStore();
    const { runner } = testRunner({ engine, store });
    const pipeline = flaky(() => false);
    for (let run = 0; run < 1000; run += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, at) =>
          runner.run(pipeline, undefined, { correlationId: `job-${run + at}` }),
        ),
      );
    }
    await using history = await runner.history();
    expect(
      await rows(
        history,
        `select (select count(distinct run_id)::int from pipeline_runs) as runs,
                (select count(*)::int from process_runs) as processes,
                (select count(*)::int from step_runs where status = 'success') as steps,
                (select count(distinct correlation_id)::int from step_runs) as tasks`,
      ),
    ).toEqual([{ runs: 1000, processes: 2000, steps: 2000, tasks: 1000 }]);
  });
});
