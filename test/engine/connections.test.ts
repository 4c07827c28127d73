import type { BoundSqlPart, Engine } from '@cairn/core';
import { duckDbEngine, type DuckDbLike } from '@cairn/core/duckdb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { statement, table } from '../../packages/core/dist/testing/engine-fixtures.js';
import { startEngineThread } from '../../packages/node-adapter/dist/engine-thread.js';

/* A connection serves one call after the other, unless anything on it failed, was cancelled, or is left on it. */

type Call = readonly [method: string, connection: unknown, text: unknown];

let engine: Engine;
const calls: Call[] = [];
const methodsOf = (made: readonly Call[]) => made.map(([method]) => method);
const opened = () => calls.filter(([method]) => method === 'connectInternal').length;
const closed = () => calls.filter(([method]) => method === 'disconnect').length;

function watched(db: DuckDbLike): DuckDbLike {
  return new Proxy(db, {
    get(of, name) {
      const method = of[name as keyof DuckDbLike] as ((...given: unknown[]) => unknown) | undefined;
      if (method === undefined) return undefined;
      return (...given: unknown[]) => {
        calls.push([String(name), given[0], given[1]]);
        return method.apply(of, given);
      };
    },
  });
}

beforeAll(async () => {
  engine = duckDbEngine({
    version: 'test',
    async connect() {
      const instance = await startEngineThread();
      return { ...instance, db: watched(instance.db) };
    },
  });
  await engine.createTable(table('before'), statement('select 1 as n'));
});
beforeEach(() => calls.splice(0));
afterAll(() => engine.close());

async function take(name: string): Promise<number> {
  let rows = 0;
  for await (const part of engine.exportParts(table(name))) rows += part.rows;
  return rows;
}

const valued = (value: unknown): { parts: readonly BoundSqlPart[] } => ({
  parts: [
    { kind: 'text', text: 'select ' },
    { kind: 'value', value },
    { kind: 'text', text: ' as n' },
  ],
});

describe('a small table', () => {
  test('costs three messages to the engine: it is made, taken out, and dropped', async () => {
    const { rows, columns } = await engine.createTable(
      table('small'),
      statement('select range as n from range(7)'),
    );
    expect([rows, columns.map(({ name, type }) => `${name} ${type}`)]).toEqual([7, ['n BIGINT']]);
    expect(await take('small')).toBe(7);
    await engine.dropTable(table('small'));
    expect(methodsOf(calls).filter((method) => method !== 'recycle')).toEqual([
      'startAndFetch',
      'startAndFetch',
      'runQuery',
    ]);
  });

  test('is known as it is now, whatever it was', async () => {
    const named = table('again');
    await engine.createTable(named, statement('select range as n from range(7)'));
    await engine.createTable(named, statement('select range::hugeint as h from range(5000)'));
    expect(await take('again')).toBe(5000);
    await expect(engine.createTable(named, statement('select no_such_column'))).rejects.toMatchObject({
      code: 'sql_failed',
    });
    expect(await take('again')).toBe(5000);
    const parts = [];
    for await (const { bytes } of engine.exportParts(table('before'))) parts.push(bytes.slice());
    await engine.importParts(named, undefined, parts);
    expect(await take('again')).toBe(1);
    await engine.dropTable(named);
    await expect(take('again')).rejects.toMatchObject({ code: 'engine_failed' });
  });
});

describe('a connection', () => {
  test('is not used again after its statement failed', async () => {
    await expect(
      engine.createTable(table('wrong'), statement("select error('so') as n")),
    ).rejects.toMatchObject({ code: 'sql_failed' });
    expect(calls.at(-1)).toEqual(['disconnect', calls.at(-2)?.[1], undefined]);
  });

  test('is not used again after its statement was cancelled', async () => {
    const controller = new AbortController();
    const made = engine.createTable(
      table('long'),
      statement('select count(*) as n from range(1000000) a, range(1000000) b'),
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort('enough'), 100);
    await expect(made).rejects.toMatchObject({ code: 'canceled' });
    expect(methodsOf(calls).slice(-2)).toEqual(['cancelPendingQuery', 'disconnect']);
  });

  test('is not used again when its call was cancelled as it ended', async () => {
    const controller = new AbortController();
    await engine.createTable(table('right'), statement('select 1 as n'), { signal: controller.signal });
    const parts = engine.exportParts(table('right'), { signal: controller.signal })[Symbol.asyncIterator]();
    await parts.next();
    controller.abort('enough');
    await parts.return?.();
    expect(closed()).toBe(1);
  });

  test('is not used again while its answer was not read to the end', async () => {
    await engine.createTable(table('much'), statement('select range as n from range(5000000)'));
    calls.splice(0);
    for await (const part of engine.exportParts(table('much'))) {
      void part;
      break;
    }
    expect(closed()).toBe(1);
    await engine.dropTable(table('much'));
  });

  test('keeps no value, no seed and no temporary table for the next statement', async () => {
    const named = table('valued');
    await engine.createTable(named, valued(42));
    expect(closed()).toBe(1);
    const { rows } = await engine.createTable(
      named,
      statement("select 1 as n where getvariable('cairn_1') is null"),
    );
    expect(rows).toBe(1);
    calls.splice(0);
    await engine.query(statement('select SetSeed(0.5)'));
    expect(closed()).toBe(1);
    calls.splice(0);
    await engine.createTable(named, statement("select [uuid '0195b0c8-0000-7000-8000-000000000000'] as l"));
    await take('valued');
    expect(closed()).toBe(1);
  });

  test('serves queries of one namespace after each other, and no others', async () => {
    const { namespace } = table('before');
    await engine.query(statement('from before'), { namespace });
    calls.splice(0);
    expect((await engine.query(statement('from before'), { namespace })).numRows).toBe(1);
    expect(methodsOf(calls)).not.toContain('connectInternal');
    expect(methodsOf(calls)).not.toContain('runQuery');
    await expect(engine.query(statement('from before'))).rejects.toMatchObject({ code: 'sql_failed' });
    await expect(engine.query(statement('from before'), { namespace: 'another' })).rejects.toMatchObject({
      code: 'sql_failed',
    });
  });

  test('stays open only as one of a few', async () => {
    const names = Array.from({ length: 9 }, (_, at) => `beside_${at}`);
    await Promise.all(names.map((name) => engine.createTable(table(name), statement('select 1 as n'))));
    await Promise.all(names.map((name) => engine.dropTable(table(name))));
    calls.splice(0);
    await Promise.all(names.map((name) => engine.createTable(table(name), statement('select 1 as n'))));
    expect(opened()).toBe(5);
    expect(closed()).toBe(5);
  });

  test('is not looked for in an instance that has gone', async () => {
    await engine.close();
    calls.splice(0);
    expect(await engine.createTable(table('new'), statement('select 1 as n'))).toMatchObject({ rows: 1 });
    await expect(take('before')).rejects.toMatchObject({ code: 'engine_failed' });
  });
});
