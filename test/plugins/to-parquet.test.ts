import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql, type Sql } from '@cairn/core';
import { fromParquet, toParquet } from '@cairn/plugins/parquet';
import { describe, expect, test } from 'vitest';
import {
  columns,
  contextOf,
  fails,
  files,
  folder,
  load,
  make,
  rows,
  throws,
  viewOf,
  write,
} from './connecting.ts';

const path = 'out/t.parquet';
const save = toParquet({ path });

/** Writes a query's answer, and reads it back: both, with their columns. */
async function roundTrip(query: Sql, connector = save): Promise<{ before: unknown; after: unknown }> {
  const info = await make(query);
  const before = { columns: columns(info), rows: await rows() };
  await write(connector, query);
  const read = await load(fromParquet({ path }));
  return { before, after: { columns: columns(read), rows: await rows() } };
}

/** How many row groups a file has, and how many bytes. */
function shapeOf(): { readonly bytes: Buffer; readonly isZstd: boolean } {
  const bytes = readFileSync(join(folder, path));
  return { bytes, isZstd: bytes.includes(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])) };
}

describe('what was written is read back equal', () => {
  test('scalars and nulls', async () => {
    const { before, after } = await roundTrip(sql`
      select * from (values
        (true, '-128'::tinyint, 255::utinyint, '-32768'::smallint, 65535::usmallint, '-2147483648'::integer,
         4294967295::uinteger, '-9223372036854775808'::bigint, 18446744073709551615::ubigint, 1.5::float, '-inf'::double,
         '-999999999999999999999999999999999999.99'::decimal(38,2), 1.5::decimal(4,1), 'é😀', '\\xff\\x00'::blob,
         '0044-01-02 (BC)'::date, '23:59:59.999999'::time, '2020-01-02 03:04:05.678901'::timestamp,
         '2020-01-02 03:04:05.678901+05'::timestamptz, '2020-01-02 03:04:05.123'::timestamp_ms,
         '1970-01-01 00:00:01.000000001'::timestamp_ns, '123e4567-e89b-12d3-a456-426614174000'::uuid),
        (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
         null, null, null, null))
        t(b, i8, u8, i16, u16, i32, u32, i64, u64, f, d, wide, narrow, "ünï ""code""", bytes, date, time, ts, tz, ms, ns, id)`);
    expect(after).toEqual(before);
  });

  test('nested types, with UUIDs in them', async () => {
    const { before, after } = await roundTrip(sql`
      select * from (values
        ([1, null], [['a'], []], {'a': 1, 'b': {'c': ['x', null]}}, map {'k': [1.5]}, [1, 2]::integer[2],
         ['123e4567-e89b-12d3-a456-426614174000'::uuid, null], {'id': '123e4567-e89b-12d3-a456-426614174001'::uuid},
         map {'k': '123e4567-e89b-12d3-a456-426614174002'::uuid}),
        (null, null, null, null, null, null, null, null), ([], [], {'a': null, 'b': null}, map {}, [3, null], [], {'id': null}, map {}))
        t(list, lists, struct, map, pair, ids, holder, keyed)`);
    expect(after).toEqual(before);
  });

  test('types that Parquet lacks become the stated ones', async () => {
    const query = sql`select * from (values
        (170141183460469231731687303715884105727::hugeint // 10, 'a'::enum('a', 'b'), '2020-01-02 03:04:05'::timestamp_s,
         [5::uhugeint], {'e': 'b'::enum('a', 'b')}),
        (null, null, null, null, null)) t(huge, word, second, list, struct)`;
    const { before, after } = await roundTrip(query);
    expect((after as { rows: unknown }).rows).toEqual((before as { rows: unknown }).rows);
    expect((after as { columns: string }).columns).toBe(
      'huge DECIMAL(38,0), word VARCHAR, second TIMESTAMP_MS, list DECIMAL(38,0)[], struct STRUCT(e VARCHAR)',
    );
  });

  test('no rows, and nothing but nulls', async () => {
    const empty = await roundTrip(sql`select 1::bigint as a, uuid() as u, [1] as l where false`);
    expect(empty.after).toEqual(empty.before);
    const nulls = await roundTrip(sql`select null::uuid as u, null::varchar as s from range(3000)`);
    expect(nulls.after).toEqual(nulls.before);
  });
});

describe('row groups', () => {
  const numbers = sql`select range as n, 'text ' || (range % 100) as t from range(10_000)`;

  test.each(['zstd', 'snappy', 'none'] as const)('several, with %s', async (compression) => {
    const { before, after } = await roundTrip(numbers, toParquet({ path, compression, rowGroupRows: 3000 }));
    expect(after).toEqual(before);
    const { bytes, isZstd } = shapeOf();
    expect(isZstd).toBe(compression === 'zstd');
    // Each has its own dictionary of the texts.
    expect(bytes.toString('latin1').split('text 42').length - 1).toBe(compression === 'none' ? 3 : 0);
  });

  test('they are handed over one by one', async () => {
    const view = await viewOf(numbers);
    const { location, options } = toParquet({ onBlob: () => undefined, rowGroupRows: 2048 });
    const progress: number[] = [];
    const connector = toParquet({ onBlob: () => undefined, rowGroupRows: 2048 });
    await connector.prepare(
      view,
      contextOf({ location, options }, { progress: (done) => void progress.push(done) }),
    );
    expect(progress).toEqual([2048, 4096, 6144, 8192, 10_000]);
  });

  test('equal tables are equal files', async () => {
    const [one, other] = [await write(save, numbers), await write(save, numbers)];
    expect(one).toEqual(other);
    expect(one).toMatchObject({ path, rows: 10_000 });
  });
});

describe('what cannot be written is told before anything is', () => {
  test.each([
    ['TIMETZ', sql`select '01:02:03+02'::timetz as x`, /TIME WITH TIME ZONE in the column 'x'/],
    ['BIT', sql`select {'a': '101'::bit} as x`, /BIT in the column 'x'/],
    ['INTERVAL', sql`select [interval '1 month'] as x`, /INTERVAL in the column 'x'/],
    ['UNION', sql`select union_value(num := 2) as x`, /UNION in the column 'x'/],
  ])('%s', async (_name, query, message) => {
    await fails(write(toParquet({ path: 'out/refused.parquet' }), query), 'invalid_data', message);
    expect(await files.stat('out/refused.parquet')).toBeUndefined();
  });

  test('a HUGEINT of 39 digits', async () => {
    await fails(
      write(save, sql`select 170141183460469231731687303715884105727::hugeint as x`),
      'invalid_data',
      /more than 38 digits/,
    );
  });
});

test('wrong options are told at once', () => {
  throws(() => toParquet({ path, compression: 'lz4' as 'zstd' }), /toParquet\.compression/);
  throws(() => toParquet({ path, rowGroupRows: 0 }), /toParquet\.rowGroupRows/);
  throws(() => toParquet({}), /exactly one of path, url, onBlob, download and handle/);
});
