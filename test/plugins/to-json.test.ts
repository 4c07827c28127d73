import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sql, type Sql } from '@cairn/core';
import { fromJson, toJson, type ToJsonOptions } from '@cairn/plugins/json';
import { expect, test } from 'vitest';
import { fails, folder, make, read, rows, throws, write } from './connecting.ts';

type Options = Omit<ToJsonOptions, 'path'>;

/** The file of a query's answer. */
async function written(query: Sql, options: Options = {}): Promise<string> {
  await write(toJson({ path: 'out.json', ...options }), query);
  return readFileSync(join(folder, 'out.json'), 'utf8');
}

const line = async (expression: Sql, options: Options = {}): Promise<string> =>
  (await written(sql`select ${expression} as v`, { format: 'lines', ...options })).slice(5, -2);

test('an array, and lines', async () => {
  const query = sql`select i as n, case when i > 0 then 'x' || i end as "a ""b" from range(3) r(i)`;
  expect(await written(query)).toBe(
    '[\n{"n":0,"a \\"b":null},\n{"n":1,"a \\"b":"x1"},\n{"n":2,"a \\"b":"x2"}\n]\n',
  );
  expect(await written(query, { format: 'lines' })).toBe(
    '{"n":0,"a \\"b":null}\n{"n":1,"a \\"b":"x1"}\n{"n":2,"a \\"b":"x2"}\n',
  );
  expect(await written(sql`select 1 as n where false`)).toBe('[]\n');
  expect(await written(sql`select 1 as n where false`, { format: 'lines' })).toBe('');
});

test.each<[string, string]>([
  ['9223372036854775807', '9223372036854775807'],
  ['170141183460469231731687303715884105727::hugeint', '170141183460469231731687303715884105727'],
  ['1.50::decimal(5,2)', '1.50'],
  ['0.1::double', '0.1'],
  ['1e300::double', '1e+300'],
  ['0.1::float', '0.1'],
  ['true', 'true'],
  ['null', 'null'],
  ["date '2020-01-02'", '"2020-01-02"'],
  ["time '03:04:05.5'", '"03:04:05.5"'],
  ["timestamp '2020-01-02 03:04:05.123'", '"2020-01-02T03:04:05.123"'],
  ["timestamptz '2020-01-02 03:04:05+00'", '"2020-01-02T03:04:05Z"'],
  ["interval '1 month 2 days'", '"1 month 2 days"'],
  ["'abc'::blob", '"YWJj"'],
  [
    "'a\"b\\c' || chr(10) || chr(0) || chr(31) || 'é😀' || chr(127)",
    '"a\\"b\\\\c\\u000a\\u0000\\u001fé😀\x7f"',
  ],
  ["''", '""'],
  ["'5a3d1f6c-1f0e-4b6e-9f3a-0123456789ab'::uuid", '"5a3d1f6c-1f0e-4b6e-9f3a-0123456789ab"'],
  ["'x'::enum('x', 'y')", '"x"'],
  ['[1, null, 3]', '[1,null,3]'],
  ["[['a'], [], null]", '[["a"],[],null]'],
  ['[]::integer[]', '[]'],
  ['array_value(1, 2)', '[1,2]'],
  ["{'a': 1, 'b c': {'d': ['x\"'], 'e': null}}", '{"a":1,"b c":{"d":["x\\""],"e":null}}'],
  ["map {'k\"': 1, 'l': null}", '{"k\\"":1,"l":null}'],
  ["map {1: {'a': [1]}}", '{"1":{"a":[1]}}'],
  ["union_value(u := ['x'])", '["x"]'],
  ["[{'a': 1}, {'a': null}, null]", '[{"a":1},{"a":null},null]'],
])('%s is %s', async (expression, text) => {
  expect(await line(sql.raw(expression))).toBe(text);
});

test('types are nested up to 8 lists, and 20 structs', async () => {
  const nested = (levels: number, open: string, close: string): string =>
    `${open.repeat(levels)}1${close.repeat(levels)}`;
  expect(await line(sql.raw(nested(8, "{'a': [", ']}')))).toBe(nested(8, '{"a":[', ']}'));
  expect(await line(sql.raw(nested(20, "{'a': ", '}')))).toBe(nested(20, '{"a":', '}'));
  await fails(
    line(sql.raw(nested(9, '[', ']'))),
    'invalid_data',
    /Column 'v' has lists in lists deeper than 8/,
  );
});

test('numbers that JSON does not have', async () => {
  const query = sql`['nan'::double, 'inf'::double, '-inf'::double, 1.5]`;
  expect(await line(query)).toBe('["NaN","Infinity","-Infinity",1.5]');
  expect(await line(query, { nonFinite: 'null' })).toBe('[null,null,null,1.5]');
  await fails(
    line(query, { nonFinite: 'fail' }),
    'sql_failed',
    /column 'v' holds a number that JSON does not have/,
  );
  expect(await line(sql`[1.5::double]`, { nonFinite: 'fail' })).toBe('[1.5]');
});

test('encodings and gzip', async () => {
  const query = sql`select 'é' as v`;
  await write(toJson({ path: 'out.gz', compression: 'gzip', format: 'lines' }), query);
  expect(gunzipSync(readFileSync(join(folder, 'out.gz'))).toString()).toBe('{"v":"é"}\n');
  await write(toJson({ path: 'out.json', encoding: 'utf-16be' }), query);
  expect([...readFileSync(join(folder, 'out.json')).subarray(0, 4)]).toEqual([0xfe, 0xff, 0, 0x5b]);
});

test('what is written is read again as it was', async () => {
  const query = sql`
    select i as n, i / 3.0 as d, 'x"' || i || chr(10) as t, [i, null] as l, {'a': i, 'b': ['é', null]} as s, i % 2 = 0 as b
    from range(5000) r(i)`;
  await make(query);
  const expected = await rows();
  for (const format of ['array', 'lines'] as const) {
    await write(toJson({ path: 'round.json', format }), query);
    const again = await read(fromJson({ path: 'round.json' }));
    expect(again.columns).toBe(
      'n BIGINT, d DOUBLE, t VARCHAR, l BIGINT[], s STRUCT(a BIGINT, b VARCHAR[]), b BOOLEAN',
    );
    expect(again.rows).toEqual(expected);
  }
});

test('options', () => {
  // @ts-expect-error no such format
  throws(() => toJson({ path: 'x', format: 'object' }), /toJson.format.*array, lines/);
  throws(() => toJson({ path: 'x', encoding: 'sjis' }), /toJson.encoding.*utf-16le/);
  throws(() => toJson({ path: 'x', download: 'y' }), /exactly one/);
});
