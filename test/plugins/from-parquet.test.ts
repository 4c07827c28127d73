import { fileURLToPath } from 'node:url';
import { type FileSystem, sql } from '@cairn/core';
import { fromParquet } from '@cairn/plugins/parquet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answer,
  bytesOf,
  columns,
  contextOf,
  fails,
  files,
  load,
  read,
  throws,
  warnings,
} from './connecting.ts';
import { parquetFiles } from './parquet-files.ts';

const bytesFrom = (name: keyof typeof parquetFiles): Uint8Array => Buffer.from(parquetFiles[name], 'base64');
const flights = fileURLToPath(
  new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);

describe('types come as the file states them', () => {
  test('scalars', async () => {
    expect(await read(fromParquet({ bytes: bytesFrom('scalars') }))).toEqual({
      columns:
        'bool BOOLEAN, i8 TINYINT, i64 BIGINT, u64 UBIGINT, f32 FLOAT, f64 DOUBLE, dec DECIMAL(38,2), date DATE, time TIME, ts TIMESTAMP, ts_ns TIMESTAMP_NS, tz TIMESTAMP WITH TIME ZONE, span INTERVAL, text VARCHAR, blob BLOB',
      rows: [
        [
          'true',
          '-128',
          '-9223372036854775808',
          '18446744073709551615',
          '1.5',
          '-inf',
          '-999999999999999999999999999999999999.99',
          '1969-12-31',
          '01:02:03.456789',
          '2020-01-02 03:04:05.678901',
          '1970-01-01 00:00:01.000000001',
          '2020-01-02 03:04:05.678901+00',
          '00:00:01.000001',
          'é😀',
          '\\x00\\xFF',
        ],
        Array.from({ length: 15 }, () => null),
      ],
    });
  });

  test('text and lists in any layout, dictionaries, nested types, nulls alone', async () => {
    expect(await read(fromParquet({ bytes: bytesFrom('shapes') }))).toEqual({
      columns:
        'large VARCHAR, view VARCHAR, bytes_view BLOB, words VARCHAR, list VARCHAR[], large_list INTEGER[], pair INTEGER[2], struct STRUCT(a BIGINT, b TIMESTAMP WITH TIME ZONE[]), map MAP(VARCHAR, INTEGER), nothing INTEGER',
      rows: [
        [
          'a',
          'longer than twelve bytes',
          '\\x01',
          'x',
          '[a, NULL]',
          '[1]',
          '[1, 2]',
          "{'a': 1, 'b': ['2020-01-02 03:04:05.678901+00']}",
          '{k=1}',
          null,
        ],
        Array.from({ length: 10 }, () => null),
      ],
    });
  });

  test('96-bit timestamps of any year, also nested', async () => {
    expect(await read(fromParquet({ bytes: bytesFrom('old') }))).toEqual({
      columns: 'n INTEGER, t TIMESTAMP, nested TIMESTAMP[]',
      rows: [
        ['1', '1600-01-01 00:00:00', "['0001-01-01 00:00:00']"],
        ['2', '9999-12-31 00:00:00', null],
      ],
    });
    expect((await read(fromParquet({ bytes: bytesFrom('old'), columns: ['nested'] }))).rows).toEqual([
      ["['0001-01-01 00:00:00']"],
      [null],
    ]);
  });

  test('UUIDs, also nested, and sixteen bytes that are none', async () => {
    expect(await read(fromParquet({ bytes: bytesFrom('uuids') }))).toEqual({
      columns: 'id UUID, raw BLOB, ids UUID[], u32 UINTEGER',
      rows: [
        [
          '00000000-0000-0000-0000-000000000005',
          `${'\\x00'.repeat(15)}\\x05`,
          '[00000000-0000-0000-0000-000000000005, NULL]',
          '4294967295',
        ],
        [null, null, null, null],
      ],
    });
    expect((await read(fromParquet({ bytes: bytesFrom('uuids'), columns: ['raw', 'ids'] }))).columns).toBe(
      'raw BLOB, ids UUID[]',
    );
  });

  test('a file without rows', async () => {
    expect(await read(fromParquet({ bytes: bytesFrom('empty') }))).toEqual({
      columns: 'a INTEGER, s VARCHAR',
      rows: [],
    });
  });

  test('row groups in order, in every compression', async () => {
    const { rows } = await read(fromParquet({ bytes: bytesFrom('groups') }));
    expect(rows).toEqual(Array.from({ length: 300 }, (_, index) => [String(index), `s${index % 7}`]));
    for (const name of ['groups_gzip', 'groups_brotli', 'groups_lz4', 'groups_snappy'] as const) {
      expect((await read(fromParquet({ bytes: bytesFrom(name) }))).rows).toEqual(rows.slice(0, 50));
    }
  });

  test('types that the engine has not are refused by name, and can be left out', async () => {
    const bytes = bytesFrom('unsupported');
    await fails(load(fromParquet({ bytes })), 'invalid_data', /column 'half' of type FLOAT16/);
    await fails(
      load(fromParquet({ bytes, columns: ['wide'] })),
      'invalid_data',
      /'wide' of type DECIMAL with 40 digits/,
    );
    const interval = bytesFrom('interval');
    await fails(load(fromParquet({ bytes: interval })), 'invalid_data', /column 'span' of type INTERVAL/);
    expect((await read(fromParquet({ bytes: interval, columns: ['fine'] }))).rows).toEqual([['1']]);
    warnings.length = 0;
    expect(columns(await load(fromParquet({ bytes, columns: ['tz_ns', 'fine'] })))).toBe(
      'fine INTEGER, tz_ns TIMESTAMP WITH TIME ZONE',
    );
    expect(warnings).toEqual([expect.stringMatching(/nanoseconds are cut/)]);
  });
});

describe('columns', () => {
  test('only the named ones, in the order of the file, with the same types', async () => {
    const bytes = bytesFrom('shapes');
    const wanted = ['struct', 'pair', 'large'];
    const all = (await load(fromParquet({ bytes }))).columns;
    const some = (await load(fromParquet({ bytes, columns: wanted }))).columns;
    expect(some).toEqual(all.filter(({ name }) => wanted.includes(name)));
    expect(some.map(({ name }) => name)).toEqual(['large', 'pair', 'struct']);
  });

  test('one that is not there', async () => {
    await fails(
      load(fromParquet({ bytes: bytesFrom('groups'), columns: ['A'] })),
      'invalid_data',
      /no column 'A'; did you mean 'a'/,
    );
  });
});

describe('memory', () => {
  test('row groups are read one after the other, and of each the chosen columns', async () => {
    const bytes = bytesFrom('groups');
    const asked: number[] = [];
    await files.write(
      'groups.parquet',
      (async function* () {
        yield bytes;
      })(),
    );
    const watched: FileSystem = {
      ...files,
      open: async (path, options) => {
        const reader = await files.open(path, options);
        return {
          ...reader,
          read: (offset, length, given) => {
            asked.push(length);
            return reader.read(offset, length, given);
          },
        };
      },
    };
    const connector = fromParquet({ path: 'groups.parquet', columns: ['s'] });
    const info = await load(connector, { files: watched });
    expect(info.rows).toBe(300);
    // The footer, then 's' of three row groups.
    expect(asked).toHaveLength(4);
    expect(asked.slice(1).reduce((sum, length) => sum + length, 0)).toBeLessThan(bytes.length / 3);
  });
});

describe('damaged files', () => {
  test.each([
    ['nothing', new Uint8Array(0), /0 bytes/],
    ['another format', bytesOf('a,b\n1,2\n3,4\n'), /does not end in PAR1/],
    ['a truncated file', bytesFrom('groups').slice(0, 1500), /truncated/],
    [
      'a footer that lies about its length',
      Uint8Array.from([...bytesOf('PAR1xxxx'), 255, 0, 0, 0, ...bytesOf('PAR1')]),
      /longer than the file/,
    ],
    [
      'an encrypted file',
      Uint8Array.from([...bytesOf('PAR1xxxx'), 4, 0, 0, 0, ...bytesOf('PARE')]),
      /encrypted/,
    ],
  ])('%s', async (_name, bytes, message) => {
    await fails(load(fromParquet({ bytes })), 'invalid_data', message);
  });

  test('whatever is damaged, the reader goes on to read good files, and nothing hangs', async () => {
    const whole = ['groups', 'shapes', 'scalars', 'groups_gzip', 'old'] as const;
    const decode = async (bytes: Uint8Array): Promise<number> => {
      const connector = fromParquet({ bytes });
      const { data } = await connector.read(contextOf(connector));
      let size = 0;
      if ('streams' in data) for await (const stream of data.streams) size += stream.length;
      return size;
    };
    const good = await decode(bytesFrom('shapes'));
    const codes = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...whole),
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 3,
        }),
        async (name, flips) => {
          const bytes = Uint8Array.from(bytesFrom(name));
          for (const [where, value] of flips) bytes[Math.floor(where * bytes.length)] = value;
          await decode(bytes).catch((error: { code?: unknown }) => codes.add(error.code));
        },
      ),
      { numRuns: 600, seed: 3 },
    );
    expect([...codes]).toEqual(['invalid_data']);
    expect(await decode(bytesFrom('shapes'))).toBe(good);
  });
});

test('3,000,000 flights, in slices between which others have their turn', async () => {
  const connector = fromParquet({ path: flights });
  const { data, close } = await connector.read(contextOf(connector));
  let [slices, turns] = [0, 0];
  if ('streams' in data) {
    for await (const stream of data.streams) {
      setTimeout(() => (turns += 1), 0);
      slices += 1;
      expect(stream.length).toBeLessThan(32 * 1024 * 1024);
    }
  }
  await close?.();
  expect(slices).toBe(6);
  // The last one may still be due.
  expect(turns).toBeGreaterThanOrEqual(slices - 1);

  const info = await load(connector);
  expect(info.rows).toBe(3_000_000);
  // What pyarrow says of them, the second number in the order of the file.
  expect(
    await answer(sql`select sum(delay)::varchar, sum(distance * (rowid % 1000))::varchar from test.data`),
  ).toEqual([['20003603', '1096440567949']]);
  expect(columns(info)).toBe(
    'date TIMESTAMP, delay BIGINT, distance BIGINT, origin VARCHAR, destination VARCHAR',
  );
});

test('wrong options are told at once', () => {
  const bytes = new Uint8Array(0);
  throws(() => fromParquet({ bytes, columns: [] }), /fromParquet\.columns/);
  throws(() => fromParquet({ bytes, columns: ['a', 'a'] }), /'a' twice/);
  // @ts-expect-error there is no such option
  throws(() => fromParquet({ bytes, colums: ['a'] }), /did you mean 'columns'/);
});
