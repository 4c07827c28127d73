import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from '@cairn/core';
import { gunzipSync } from 'node:zlib';
import { fromCsv, toCsv, type ToCsvOptions } from '@cairn/plugins/csv';
import { describe, expect, test } from 'vitest';
import { contextOf, fails, files, folder, read, rows, throws, viewOf, write } from './connecting.ts';

const text = (path: string): string => readFileSync(join(folder, path), 'utf8');

describe('the text', () => {
  test('RFC 4180: quotes where they are needed, null empty, the empty text in quotes', async () => {
    await write(
      toCsv({ path: 'out/quoting.csv' }),
      sql.raw(`from (values (1, 'plain', 1.5::decimal(5,2)), (null, '', null), (3, 'a,b', 0), (4, 'p"q', 0),
        (5, 'x\ny', 0), (6, 'x\ry', 0), (7, null, 0), (8, 'é😀', 0)) t("n", "a ""b"",", "d")`),
    );
    expect(text('out/quoting.csv')).toBe(
      'n,"a ""b"",",d\n1,plain,1.50\n,"",\n3,"a,b",0.00\n4,"p""q",0.00\n5,"x\ny",0.00\n6,"x\ry",0.00\n7,,0.00\n8,é😀,0.00\n',
    );
  });

  test('options', async () => {
    const query = sql.raw(`from (values ('NA', null, 'a,b;c', -1.5::double)) t(a, b, c, d)`);
    await write(toCsv({ path: 'options.csv', header: false, delimiter: ';', nullText: 'NA' }), query);
    expect(text('options.csv')).toBe('"NA";NA;"a,b;c";-1.5\n');
    await write(
      toCsv({ path: 'options.csv', delimiter: '-', nullText: '0' }),
      sql.raw('select 0 a, -1 b, null::int c, 1 d'),
    );
    expect(text('options.csv')).toBe('a-b-c-d\n"0"-"-1"-0-1\n');
  });

  test('quotes, escapes, line ends, formats', async () => {
    const query = sql.raw(
      `from (values ('a''b', 'c\\d', date '2020-01-02', timestamp '2020-01-02 03:04:05', 1, null)) t(a, b, c, d, "e'", f)`,
    );
    const dialect = { quote: "'", escape: '\\', lineEnd: 'crlf', quoting: 'all' } as const;
    const formats = { dateFormat: '%d.%m.%Y', timestampFormat: '%d/%m/%Y, %H:%M' };
    await write(toCsv({ path: 'quotes.csv', ...dialect, ...formats }), query);
    expect(text('quotes.csv')).toBe(
      "'a','b','c','d','e\\'','f'\r\n'a\\'b','c\\\\d','02.01.2020','02/01/2020, 03:04','1',\r\n",
    );
    await write(toCsv({ path: 'quotes.csv', ...formats }), query);
    expect(text('quotes.csv')).toBe('a,b,c,d,e\',f\na\'b,c\\d,02.01.2020,"02/01/2020, 03:04",1,\n');
    throws(() => toCsv({ path: 'x', quote: 'x' }), /toCsv.quote.*one ASCII character/);
  });

  test('encodings, a byte order mark, gzip', async () => {
    const query = sql.raw(`select 'é€😀' a`);
    const bytes = async (options: Omit<ToCsvOptions, 'path'>, from = query): Promise<Buffer> => {
      await write(toCsv({ path: 'encoded.csv', ...options }), from);
      return readFileSync(join(folder, 'encoded.csv'));
    };
    expect((await bytes({ byteOrderMark: true })).toString()).toBe('\ufeffa\né€😀\n');
    expect((await bytes({ encoding: 'utf-16le' })).toString('utf16le')).toBe('\ufeffa\né€😀\n');
    expect((await bytes({ encoding: 'utf-16be' })).swap16().toString('utf16le')).toBe('\ufeffa\né€😀\n');
    expect([...(await bytes({ encoding: 'latin1' }, sql.raw(`select 'é€' a`)))]).toEqual([
      97, 10, 0xe9, 0x80, 10,
    ]);
    await fails(bytes({ encoding: 'latin1' }), 'invalid_data', /windows-1252 has no character '😀'/);
    expect(gunzipSync(await bytes({ compression: 'gzip' })).toString()).toBe('a\né€😀\n');
    expect((await bytes({ compression: 'none' })).toString()).toBe('a\né€😀\n');
    expect(toCsv({ path: 'x', compression: 'none' }).options).toEqual(toCsv({ path: 'x' }).options);
    for (const options of [
      { encoding: 'utf-16be' },
      { compression: 'gzip', encoding: 'utf-16le' },
    ] as const) {
      await bytes(options);
      expect((await read(fromCsv({ path: 'encoded.csv' }))).rows).toEqual([['é€😀']]);
    }
  });

  test('every type comes back as it was', async () => {
    const query = sql.raw(`select
      true b, (-9223372036854775808)::bigint i, 170141183460469231731687303715884105727::hugeint h, 255::utinyint u,
      123.450::decimal(10,3) d, 1.5::float f, 'nan'::double g, '-inf'::double k, 5e-324::double tiny, date '0044-03-15' dd,
      time '01:02:03.000004' t, timestamp '2020-01-02 03:04:05.678901' ts, timestamptz '2020-01-02 03:04:05.5+02' tz,
      interval '1 year 2 days' span, '\\x00\\xFF'::blob bin, '8ad3c6e5-5f6a-4d5e-9b38-1a1f0e9f6b11'::uuid id,
      [1, null, 3] list, ['a,b', 'c"d', null] words, {'a': 1, 'b': 'x, y'} pair, map {'k': 1} m, '007' zip, 'null' word
      union all select ${Array.from({ length: 22 }, () => 'null').join(', ')}`);
    await write(toCsv({ path: 'types.csv' }), query);
    const view = await viewOf(query);
    const before = await rows();
    const stated = Object.fromEntries(view.columns.map(({ name, type }) => [name, type]));
    const back = await read(fromCsv({ path: 'types.csv', columns: stated }));
    expect(back.rows).toEqual(before);
    expect(back.columns).toBe(view.columns.map(({ name, type }) => `${name} ${type}`).join(', '));
  });

  test('types that text shows need not be stated', async () => {
    const query = sql.raw(`select true b, i, i / 8 d, date '2020-01-01' + i::int dd, time '01:02:03' t,
      timestamp '2020-01-02 03:04:05' + to_milliseconds(i) ts, timestamptz '2020-01-02 03:04:05+02' tz, 'w' || i w
      from range(5000) r(i)`);
    await write(toCsv({ path: 'many.csv' }), query);
    const { columns } = await viewOf(query);
    const before = await rows();
    const back = await read(fromCsv({ path: 'many.csv' }));
    expect(back.columns).toBe(
      columns.map(({ name, type }) => `${name} ${type === 'TIMESTAMP_S' ? 'TIMESTAMP' : type}`).join(', '),
    );
    expect(back.rows).toEqual(before);
  });

  test('200,000 rows in their order, and none', async () => {
    const receipt = await write(
      toCsv({ path: 'long.csv' }),
      sql.raw(`select i, 'row ' || i s from range(200000) r(i)`),
    );
    const lines = text('long.csv').split('\n');
    expect(lines).toHaveLength(200_002);
    expect([lines[1], lines[100_001], lines[200_000]]).toEqual([
      '0,row 0',
      '100000,row 100000',
      '199999,row 199999',
    ]);
    expect(receipt).toEqual({
      path: 'long.csv',
      bytes: Buffer.byteLength(text('long.csv')),
      rows: 200_000,
      sha256: await files.hash('long.csv'),
    });
    await write(toCsv({ path: 'none.csv' }), sql.raw('select 1 a where false'));
    expect(text('none.csv')).toBe('a\n');
  });
});

describe('two phases', () => {
  const connector = toCsv({ path: 'phases/target.csv' });
  const context = contextOf(connector);
  const aside = /^target\.csv\.run-1\.[0-9a-f]{8}\.cairn-tmp$/;

  test('what is prepared is not seen, commit shows it at once and may be repeated', async () => {
    await files.write(
      'phases/target.csv',
      (async function* old() {
        yield Buffer.from('old');
      })(),
    );
    const prepared = await connector.prepare(await viewOf(sql.raw('select 1 a')), context);
    expect(text('phases/target.csv')).toBe('old');
    expect(readdirSync(join(folder, 'phases')).sort()).toEqual(['target.csv', expect.stringMatching(aside)]);
    const receipt = await connector.commit(prepared, context);
    expect(text('phases/target.csv')).toBe('a\n1\n');
    expect(readdirSync(join(folder, 'phases'))).toEqual(['target.csv']);
    expect(await connector.commit(prepared, context)).toEqual(receipt);
    expect(receipt).not.toHaveProperty('aside');
  });

  test('rollback leaves the old file, and what is not there is no error', async () => {
    const prepared = await connector.prepare(await viewOf(sql.raw('select 2 a')), context);
    await connector.rollback(prepared, context);
    await connector.rollback(prepared, context);
    expect(text('phases/target.csv')).toBe('a\n1\n');
    expect(readdirSync(join(folder, 'phases'))).toEqual(['target.csv']);
    await fails(connector.commit(prepared, context), 'file_not_found', /cairn-tmp/);
  });

  test('steps that are given one path do not write into each other, and what killed runs have left is removed', async () => {
    const other = { ...context, step: 'other' };
    const [one, two] = [
      await connector.prepare(await viewOf(sql.raw(`select 'one' a`)), context),
      await connector.prepare(await viewOf(sql.raw(`select 'two' a`)), other),
    ];
    await connector.commit(one, context);
    expect(text('phases/target.csv')).toBe('a\none\n');
    await connector.commit(two, other);
    expect(text('phases/target.csv')).toBe('a\ntwo\n');

    await connector.prepare(await viewOf(sql.raw('select 1 a')), { ...context, runId: 'killed' });
    await connector.prepare(await viewOf(sql.raw('select 1 a')), { ...context, runId: 'another' });
    const next = { ...context, earlierRuns: ['killed', 'nowhere'] };
    const prepared = await connector.prepare(await viewOf(sql.raw('select 2 a')), next);
    expect(readdirSync(join(folder, 'phases')).sort()).toEqual([
      'target.csv',
      expect.stringContaining('.another.'),
      expect.stringMatching(aside),
    ]);
    await connector.commit(prepared, next);
    await connector.rollback(
      await connector.prepare(await viewOf(sql.raw('select 1 a')), { ...context, runId: 'another' }),
      context,
    );
    expect(readdirSync(join(folder, 'phases'))).toEqual(['target.csv']);
  });

  test('verify sees a changed and a missing target', async () => {
    const receipt = await write(connector, sql.raw('select 3 a'));
    expect(await connector.verify(receipt, context)).toBe(true);
    writeFileSync(join(folder, 'phases/target.csv'), 'a\n4\n');
    expect(await connector.verify(receipt, context)).toBe(false);
    await files.remove('phases/target.csv');
    expect(await connector.verify(receipt, context)).toBe(false);
  });

  test('without local files there is no path', async () => {
    const without = contextOf(connector, { files: undefined });
    await fails(
      connector.prepare(await viewOf(sql.raw('select 1 a')), without),
      'path_not_supported',
      /phases\/target/,
    );
  });
});

test('wrong options are told at once', () => {
  // @ts-expect-error there is no such option
  throws(() => toCsv({ path: 'x', delimeter: ';' }), /no option 'delimeter'; did you mean 'delimiter'/);
  throws(() => toCsv({ path: '' }), /toCsv\.path/);
  throws(() => toCsv({ path: 'x', delimiter: 'a' }), /toCsv\.delimiter/);
  // @ts-expect-error it is a boolean
  throws(() => toCsv({ path: 'x', header: 'no' }), /toCsv\.header/);
  throws(() => toCsv({ path: 'x', nullText: 'a\nb' }), /toCsv\.nullText/);
});
