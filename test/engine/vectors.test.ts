import { createHash } from 'node:crypto';
import type { Engine } from '@cairn/core';
import { duckDbEngine } from '@cairn/core/duckdb';
import { afterAll, describe, expect, test } from 'vitest';
import { statement, table } from '../../packages/core/dist/testing/engine-fixtures.js';
import { startEngineThread } from '../../packages/node-adapter/dist/engine-thread.js';

/* Tables are read out of DuckDB's vectors where they lie; what comes out is what DuckDB's own conversion to Arrow gives. */

const read = { vectors: 0, otherwise: 0 };

function engineThat(mayReadVectors: boolean, sandbox = false): Engine {
  return duckDbEngine({
    version: 'test',
    sandbox,
    async connect() {
      const instance = await startEngineThread();
      const start = instance.db.startAndFetch;
      if (!start) throw new Error('it gathers nothing');
      return {
        ...instance,
        db: {
          ...instance.db,
          async startAndFetch(connection, text, { vectors, ...request }) {
            const asked = vectors && mayReadVectors ? { ...request, vectors } : request;
            const started = await start(connection, text, asked);
            if (vectors && mayReadVectors) read[started.readsVectors === true ? 'vectors' : 'otherwise'] += 1;
            return started;
          },
        },
      };
    },
  });
}

const engines = {
  vectors: engineThat(true),
  sandboxed: engineThat(true, true),
  converted: engineThat(false),
};

afterAll(async () => {
  for (const engine of Object.values(engines)) await engine.close();
});

async function partsOf(engine: Engine, query: string): Promise<readonly string[]> {
  await engine.createTable(table('given'), statement(query));
  const parts: string[] = [];
  for await (const { bytes, rows } of engine.exportParts(table('given')))
    parts.push(`${rows} ${createHash('sha256').update(bytes).digest('hex')}`);
  return parts;
}

const at = `timestamp '2020-01-01' + to_seconds(i)`;
const some = (value: string, type = ''): string =>
  `case when hash(i) % 3 = 0 then null else ${value} end${type}`;
const columns: Readonly<Record<string, string>> = {
  'whole numbers': `(i % 100)::tinyint, (i % 200)::utinyint, (i * 7 % 30000)::smallint, (i % 60000)::usmallint, i::integer, i::uinteger, -i, i::ubigint`,
  'other numbers': `(i / 3)::float, i / 7.0, case i % 4 when 0 then 'nan' when 1 then 'inf' when 2 then '-0' else '1' end::double`,
  'dates and times': `date '1970-01-01' - (i % 20000)::integer, time '00:00:00' + to_seconds(i % 80000), ${at}, (${at})::timestamp_s, (${at})::timestamp_ms, (${at})::timestamp_ns, (${at})::timestamptz`,
  booleans: `i % 3 = 0, ${some('i % 2 = 0')}, null::boolean, true`,
  decimals: `(i % 99)::decimal(4, 1), (-i)::decimal(9, 2), (-i * 1000003)::decimal(18, 3), (i * 1000003)::decimal(38, 5), ${some('-i', '::decimal(9, 0)')}, ${some('-(i % 1000)', '::decimal(4, 0)')}`,
  strings: `'', 'x' || i, repeat('ab', (i % 40)::integer), repeat('Ä', (i % 100)::integer), ${some(`repeat('z', (i % 20)::integer)`)}, null::varchar, case when i % 1000 = 7 then repeat('long ', 5000) end`,
  'twelve bytes and thirteen': `repeat('a', 12), repeat('b', 13), repeat('c', 16), repeat('d', 17), repeat('e', 64), repeat('f', 65)`,
  bytes: `encode(repeat('b', (i % 13)::integer)), ${some(`unhex('00ff' || lpad((i % 100)::varchar, 2, '0'))`)}`,
  nulls: `${some('i')}, ${some('i / 3.0')}, null::integer, case when i < 5000 then i end::smallint, case when i > 5000 then i end`,
  'kept as text': `md5(i::varchar)::uuid, i::hugeint * 1000000007, ${some(`case i % 3 when 0 then 'low' else 'high' end`, `::enum('low', 'high')`)}, ${some('i', '::hugeint')}, to_minutes(i)::varchar`,
};

describe.each(['vectors', 'sandboxed'] as const)('%s', (way) => {
  test.each(
    Object.keys(columns).flatMap((name) => [30_000, 30_721, 51_200].map((rows) => [name, rows] as const)),
  )('%s, %d rows', async (name, rows) => {
    const query = `select ${columns[name]} from range(${rows}) r(i)`;
    const before = read.vectors;
    expect(await partsOf(engines[way], query)).toEqual(await partsOf(engines.converted, query));
    expect(read).toEqual({ vectors: before + 1, otherwise: 0 });
  });
});

test('parts end with the same batch', async () => {
  const query = `select i, 'text ' || i as t, i / 7.0 as d, i % 2 = 0 as b from range(1500000) r(i)`;
  const parts = await partsOf(engines.vectors, query);
  expect(parts.length).toBeGreaterThan(2);
  expect(parts).toEqual(await partsOf(engines.converted, query));
  const whole = 'select range as i from range(2097152)';
  expect(await partsOf(engines.vectors, whole)).toEqual(await partsOf(engines.converted, whole));
});

test('batches larger than the memory that parts are given', async () => {
  const query = `select ${Array.from({ length: 160 }, (_, n) => `(i + ${n}) * 1.5e0 as n${n}, 'text ' || (i + ${n}) as t${n}`).join(', ')} from range(30000) r(i)`;
  const before = read.vectors;
  expect(await partsOf(engines.vectors, query)).toEqual(await partsOf(engines.converted, query));
  expect(read).toEqual({ vectors: before + 1, otherwise: 0 });
  // Where DuckDB's settings are locked, too much of such a table would be read ahead.
  expect(await partsOf(engines.sandboxed, query)).toEqual(await partsOf(engines.converted, query));
  expect(read).toEqual({ vectors: before + 1, otherwise: 1 });
});

test('exports take turns, are ended halfway, and leave nothing behind', async () => {
  const engine = engines.vectors;
  const query = `select i, 'text ' || i as t, hash(i) as h from range(1000000) r(i)`;
  const expected = await partsOf(engines.converted, query);
  await engine.createTable(table('long'), statement(query));
  const halfway = engine.exportParts(table('long'))[Symbol.asyncIterator]();
  await halfway.next();
  const several = Array.from({ length: 3 }, async () => {
    const parts: string[] = [];
    for await (const { bytes, rows } of engine.exportParts(table('long')))
      parts.push(`${rows} ${createHash('sha256').update(bytes).digest('hex')}`);
    return parts;
  });
  await halfway.return?.(undefined);
  expect(await Promise.all(several)).toEqual([expected, expected, expected]);
  const abort = new AbortController();
  const aborted = engine.exportParts(table('long'), { signal: abort.signal })[Symbol.asyncIterator]();
  await aborted.next();
  abort.abort(new Error('enough'));
  await expect(aborted.next()).rejects.toThrow('cancelled');
  await engine.dropTable(table('long'));
  expect(await partsOf(engine, query)).toEqual(expected);
});

test('what reads them is of no use in SQL', async () => {
  await expect(engines.vectors.query(statement('select cairn_vectors(1, 2)'))).rejects.toThrow(
    /cairn_vectors is of no use in SQL/,
  );
});
