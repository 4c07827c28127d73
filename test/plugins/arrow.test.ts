import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql, type Sql } from '@cairn/core';
import { fromArrow, toArrow } from '@cairn/plugins/arrow';
import * as arrow from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { arrowFiles } from './arrow-files.ts';
import {
  bytesOf,
  columns,
  fails,
  files,
  folder,
  load,
  make,
  read,
  rows,
  throws,
  warnings,
  write,
} from './connecting.ts';

const bytesFrom = (name: keyof typeof arrowFiles): Uint8Array => Buffer.from(arrowFiles[name], 'base64');

describe('what others wrote', () => {
  test('a file and a stream are told apart by how they begin', async () => {
    const table = arrow.tableFromArrays({ a: Int32Array.of(1, 2), s: ['x', 'y'] });
    const expected = {
      columns: 'a INTEGER, s VARCHAR',
      rows: [
        ['1', 'x'],
        ['2', 'y'],
      ],
    };
    for (const format of ['file', 'stream'] as const) {
      const bytes = arrow.tableToIPC(table, format);
      expect(await read(fromArrow({ bytes }))).toEqual(expected);
      await files.write(`${format}.bin`, [bytes] as unknown as AsyncIterable<Uint8Array>);
      expect(await read(fromArrow({ path: `${format}.bin` }))).toEqual(expected);
    }
  });

  test.each(['plain', 'lz4', 'zstd'] as const)('compression: %s', async (name) => {
    const { columns: found, rows: values } = await read(fromArrow({ bytes: bytesFrom(name) }));
    expect(found).toBe('a BIGINT, s VARCHAR');
    expect(values).toEqual(
      Array.from({ length: 200 }, (_, index) => [
        String(index),
        index % 5 === 0 ? null : 'x'.repeat(index % 40),
      ]),
    );
  });

  test('dictionaries, also in lists, with more values later, and replaced', async () => {
    expect((await read(fromArrow({ bytes: bytesFrom('dictionaries') }))).rows).toEqual([
      ['a', '[a]'],
      ['b', '[b, a]'],
      [null, null],
      ['a', '[]'],
    ]);
    expect((await read(fromArrow({ bytes: bytesFrom('deltas') }))).rows.flat()).toEqual([
      'a',
      'b',
      'a',
      'c',
      'b',
      'z',
      'y',
    ]);
  });

  test('views and long offsets', async () => {
    expect(await read(fromArrow({ bytes: bytesFrom('views') }))).toEqual({
      columns: 'v VARCHAR, b BLOB',
      rows: [
        ['a', 'a'],
        [null, ''],
        ['longer than twelve bytes', null],
      ],
    });
    expect(await read(fromArrow({ bytes: bytesFrom('large') }))).toEqual({
      columns: 'l INTEGER[], s VARCHAR',
      rows: [
        ['[1]', 'a'],
        ['[2, 3]', 'b'],
        [null, null],
      ],
    });
  });

  test('nested types, UUIDs, times; what cannot be read can be left out', async () => {
    const wanted = ['n', 'm', 'f', 'nu'];
    expect(await read(fromArrow({ bytes: bytesFrom('nested'), columns: wanted }))).toEqual({
      columns: 'n STRUCT(a BIGINT[], b STRUCT(c VARCHAR)), m MAP(VARCHAR, INTEGER), f INTEGER[2], nu INTEGER',
      rows: [
        ["{'a': [1, NULL], 'b': {'c': x}}", '{k=1}', '[1, 2]', null],
        [null, null, null, null],
      ],
    });
    await fails(
      load(fromArrow({ bytes: bytesFrom('nested') })),
      'invalid_data',
      /column 'lv' of type list view, which cannot be read: leave it out/,
    );
    expect((await read(fromArrow({ bytes: bytesFrom('uuid') }))).columns).toBe('u UUID, b BLOB');
    warnings.length = 0;
    const times = ['d', 't32', 't64n', 'd64', 'ts', 'tz'];
    expect((await read(fromArrow({ bytes: bytesFrom('times'), columns: times }))).columns).toBe(
      'd INTERVAL, t32 TIME, t64n TIME, d64 DATE, ts TIMESTAMP_S, tz TIMESTAMP WITH TIME ZONE',
    );
    expect(warnings).toEqual([expect.stringMatching(/nanoseconds are cut/), expect.anything()]);
    await fails(load(fromArrow({ bytes: bytesFrom('times') })), 'invalid_data', /INTERVAL of months/);
  });

  test('columns that are not there', async () => {
    await fails(
      load(fromArrow({ bytes: bytesFrom('plain'), columns: ['A'] })),
      'invalid_data',
      /no column 'A'; did you mean 'a'/,
    );
  });
});

describe('damaged files', () => {
  const file = arrow.tableToIPC(arrow.tableFromArrays({ a: Int32Array.of(1, 2) }), 'file');
  const stream = arrow.tableToIPC(arrow.tableFromArrays({ a: Int32Array.of(1, 2) }), 'stream');
  const lying = file.slice();
  new DataView(lying.buffer).setInt32(lying.length - 10, 2 ** 30, true);
  test.each([
    ['nothing', new Uint8Array(0), /it is empty/],
    ['another format', bytesOf('a,b\n1,2\n'), /does not begin as Arrow IPC does/],
    ['Feather, version 1', bytesOf('FEA1....'), /first version of Feather/],
    ['a truncated file', file.slice(0, -20), /does not end in ARROW1: it is truncated/],
    ['a footer that lies about its length', lying, /longer than the file/],
    ['a stream that ends in a message', stream.slice(0, -40), /ends in the middle of a message/],
    ['a stream without its end', stream.slice(0, -8), /truncated: it has no end marker/],
    ['bytes behind the end', Uint8Array.from([...stream, 1]), /bytes follow its end marker/],
  ])('%s', async (_name, bytes, message) => {
    await fails(load(fromArrow({ bytes })), 'invalid_data', message);
  });

  test('text that is not UTF-8, and offsets that leave the values', async () => {
    const text = arrow.tableToIPC(
      new arrow.Table({ s: arrow.vectorFromArray(['abc', 'def'], new arrow.Utf8()) }),
      'stream',
    );
    const at = Buffer.from(text).indexOf('abcdef');
    const broken = text.slice();
    broken[at] = 0xff;
    await fails(
      load(fromArrow({ bytes: broken })),
      'invalid_data',
      /column 's': it has text that is not UTF-8/,
    );
    const offsets = Buffer.from(text).indexOf(Buffer.from(Int32Array.of(0, 3, 6).buffer));
    const outside = text.slice();
    outside[offsets + 8] = 200;
    await fails(load(fromArrow({ bytes: outside })), 'invalid_data', /column 's': its values end behind/);
    const falling = text.slice();
    falling[offsets + 4] = 7;
    await fails(
      load(fromArrow({ bytes: falling })),
      'invalid_data',
      /column 's': it has the offset 6 behind 7/,
    );
  });
});

describe('toArrow', () => {
  const path = 'out/t.arrow';

  async function roundTrip(
    query: Sql,
    format: 'file' | 'stream',
  ): Promise<{ before: unknown; after: unknown }> {
    const info = await make(query);
    const before = { columns: columns(info), rows: await rows() };
    await write(toArrow({ path, format }), query);
    const found = await load(fromArrow({ path }));
    return { before, after: { columns: columns(found), rows: await rows() } };
  }

  test.each(['file', 'stream'] as const)('a %s is read back equal', async (format) => {
    for (const query of [
      sql`select range as n, 'text ' || (range % 100) as t, range / 7.0 as d, [range, null] as l, {'a': range} as s,
            md5(range::varchar)::uuid as u, [md5(range::varchar)::uuid] as ul, range::decimal(38, 3) as dec,
            (timestamp '2020-01-01' + to_hours(range))::timestamptz as tz, map {'k': range} as m from range(10_000)`,
      sql`select 1 as a, 'x' as s, [1] as l, uuid() as u where false`,
      sql`select null::varchar as s, null::integer[2] as pair from range(3)`,
    ]) {
      const { before, after } = await roundTrip(query, format);
      expect(after).toEqual(before);
      const bytes = readFileSync(join(folder, path));
      const table = arrow.tableFromIPC(bytes);
      expect(table.numRows).toBe((before as { rows: unknown[] }).rows.length);
      expect(bytes.subarray(0, 6).toString() === 'ARROW1').toBe(format === 'file');
    }
  });

  test('types that Arrow lacks become the stated ones, or are refused', async () => {
    await write(
      toArrow({ path }),
      sql`select 5::hugeint as h, 'a'::enum('a', 'b') as e, timestamp_s '2020-01-01' as s`,
    );
    expect(columns(await load(fromArrow({ path })))).toBe('h DECIMAL(38,0), e VARCHAR, s TIMESTAMP_MS');
    await fails(
      write(toArrow({ path }), sql`select '01:02:03+02'::timetz as x`),
      'invalid_data',
      /Arrow has no type for the TIME/,
    );
  });
});

test('wrong options are told at once', () => {
  throws(() => toArrow({ path: 'x', format: 'parquet' as 'file' }), /toArrow\.format/);
  throws(() => fromArrow({ bytes: new Uint8Array(0), columns: [] }), /fromArrow\.columns/);
});
