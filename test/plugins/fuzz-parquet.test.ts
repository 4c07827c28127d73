import { CairnError, sql } from '@cairn/core';
import { fromParquet, toParquet } from '@cairn/plugins/parquet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contextOf, load, read, viewOf } from './connecting.ts';
import { damaged, fuzzRuns, fuzzSeed, inChild } from './fuzzing.ts';
import { lyingParquet } from './lying-parquet.ts';
import { parquetFiles } from './parquet-files.ts';

const names = [
  'scalars',
  'shapes',
  'old',
  'empty',
  'groups',
  'groups_gzip',
  'groups_brotli',
  'groups_lz4',
  'groups_snappy',
  'uuids',
] as const;
const good = () => read(fromParquet({ bytes: Buffer.from(parquetFiles.shapes, 'base64') }));

/** Reads all: a table, or what is wrong with it. */
async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    await load(fromParquet({ bytes }));
    return 'a table';
  } catch (error) {
    if (!(error instanceof CairnError)) throw error;
    return error.code;
  }
}

test(`whatever is damaged is a table or invalid_data, and the reader and the engine go on (seed ${fuzzSeed})`, async () => {
  const before = await good();
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(damaged(parquetFiles, names), async (bytes) => {
      const found = await outcome(bytes);
      outcomes.add(found);
      expect(['a table', 'invalid_data']).toContain(found);
    }),
    { numRuns: fuzzRuns(500), seed: fuzzSeed },
  );
  expect([...outcomes].toSorted()).toEqual(['a table', 'invalid_data']);
  expect(await good()).toEqual(before);
});

test('the file that the lies are told in is read when it tells none', async () => {
  expect(await read(fromParquet({ bytes: lyingParquet({}) }))).toEqual({
    columns: 'c0 INTEGER',
    rows: [['7'], ['8']],
  });
  expect((await load(fromParquet({ bytes: lyingParquet({ depth: 40 }) }))).rows).toBe(2);
});

test.each([
  ['the size of a page', { rawSize: 2 ** 31 - 1 }, /is said to/],
  ['the size of a compressed page', { rawSize: 2 ** 31 - 1, codec: 1 }, /is said to/],
  ['the stored size of a page', { storedSize: 2 ** 31 - 1 }, /longer than its column/],
  ['the rows of a row group', { rows: 2 ** 40 }, /in a row group of 1099511627776 rows/],
  ['the values of a column', { rows: 2 ** 40, values: 2 ** 40 }, /is said to have 1099511627776 values/],
  ['all of them', { rows: 2 ** 40, values: 2 ** 40, pageValues: 2 ** 31 - 1 }, /./],
  ['where a column is', { start: 2 ** 40 }, /said to be at byte/],
  ['how long a column is', { length: 2 ** 40 }, /said to be at byte/],
  ['how deep it is nested', { depth: 5000 }, /nested more than 200 deep/],
  ['how many columns it has', { columns: 2 ** 31 - 1 }, /its schema ends too early/],
  [
    'the bytes that many columns share',
    { columns: 5000, isShared: true, length: 20_000 },
    /its columns are said to have/,
  ],
] as const)('a lie about %s', async (_name, lie, message) => {
  await expect(load(fromParquet({ bytes: lyingParquet(lie) }))).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringMatching(message) as string,
  });
});

test('10,000 columns', async () => {
  const info = await load(fromParquet({ bytes: lyingParquet({ columns: 10_000, isShared: true }) }));
  expect([info.rows, info.columns.length]).toEqual([2, 10_000]);
});

test('1,000 columns, there and back', async () => {
  const list = Array.from({ length: 1000 }, (_, index) => `${index} as c${index}`).join(', ');
  const view = await viewOf(sql`select ${sql.raw(list)}`);
  const blobs: { arrayBuffer(): Promise<ArrayBuffer> }[] = [];
  const connector = toParquet({ onBlob: (blob) => void blobs.push(blob) });
  const context = contextOf(connector);
  await connector.commit(await connector.prepare(view, context), context);
  const bytes = new Uint8Array((await blobs[0]?.arrayBuffer()) ?? []);
  const info = await load(fromParquet({ bytes }));
  expect([info.rows, info.columns.length]).toEqual([1, 1000]);
});

test(`no damaged file takes more than 1 GiB or more than its time (seed ${fuzzSeed})`, async () => {
  const files = fc.sample(damaged(parquetFiles, names), { numRuns: fuzzRuns(300), seed: fuzzSeed + 1 });
  const { outcomes, bytes } = await inChild('parquet', [
    ...files,
    lyingParquet({ rawSize: 2 ** 31 - 1 }),
    lyingParquet({ rawSize: 200 * 2 ** 20, codec: 6 }),
    lyingParquet({ rows: 2 ** 40, values: 2 ** 40, pageValues: 2 ** 31 - 1 }),
    lyingParquet({ columns: 5000, isShared: true, length: 20_000 }),
  ]);
  expect(outcomes.filter((outcome) => outcome !== 'a table' && outcome !== 'invalid_data')).toEqual([]);
  expect(bytes).toBeLessThan(2 ** 30);
});
