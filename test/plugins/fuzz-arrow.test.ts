import { fromArrow } from '@cairn/plugins/arrow';
import { CairnError } from '@cairn/core';
import * as arrow from 'apache-arrow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrowFiles } from './arrow-files.ts';
import { load, read } from './connecting.ts';
import { damaged, fuzzRuns, fuzzSeed, inChild } from './fuzzing.ts';

const names = ['plain', 'lz4', 'zstd', 'dictionaries', 'deltas', 'views', 'large', 'uuid'] as const;
const good = (name: keyof typeof arrowFiles) =>
  read(fromArrow({ bytes: Buffer.from(arrowFiles[name], 'base64') }));

/** Reads all: a table, or what is wrong with it. */
async function outcome(bytes: Uint8Array, columns?: readonly string[]): Promise<string> {
  try {
    await load(columns === undefined ? fromArrow({ bytes }) : fromArrow({ bytes, columns }));
    return 'a table';
  } catch (error) {
    if (!(error instanceof CairnError)) throw error;
    return error.code;
  }
}

test(`whatever is damaged is a table or invalid_data, and the engine goes on (seed ${fuzzSeed})`, async () => {
  const before = await good('dictionaries');
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(damaged(arrowFiles, names), async (bytes) => {
      const found = await outcome(bytes);
      outcomes.add(found);
      expect(['a table', 'invalid_data']).toContain(found);
    }),
    { numRuns: fuzzRuns(500), seed: fuzzSeed },
  );
  expect([...outcomes].toSorted()).toEqual(['a table', 'invalid_data']);
  expect(await good('dictionaries')).toEqual(before);
});

test(`nested columns too (seed ${fuzzSeed})`, async () => {
  await fc.assert(
    fc.asyncProperty(damaged(arrowFiles, ['nested']), async (bytes) => {
      expect(['a table', 'invalid_data']).toContain(await outcome(bytes, ['n', 'm', 'f', 'nu']));
    }),
    { numRuns: fuzzRuns(250), seed: fuzzSeed },
  );
});

test('10,000 columns', async () => {
  const columns = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [`c${index}`, Int32Array.of(index)]),
  );
  const info = await load(fromArrow({ bytes: arrow.tableToIPC(arrow.tableFromArrays(columns)) }));
  expect([info.rows, info.columns.length]).toEqual([1, 10_000]);
  expect(
    (await load(fromArrow({ bytes: arrow.tableToIPC(arrow.tableFromArrays(columns)), columns: ['c9999'] })))
      .columns,
  ).toEqual([{ name: 'c9999', type: 'INTEGER', nullable: true }]);
});

test('absurd nesting', async () => {
  let type: arrow.DataType = new arrow.Int32();
  for (let depth = 0; depth < 300; depth += 1) type = new arrow.List(new arrow.Field('item', type, true));
  const writer = new arrow.RecordBatchStreamWriter();
  writer.reset(undefined, new arrow.Schema([new arrow.Field('deep', type, true)]));
  const bytes = writer.finish().toUint8Array(true);
  expect(await outcome(bytes)).toBe('invalid_data');
});

test(`no damaged file takes more than 1 GiB or more than its time (seed ${fuzzSeed})`, async () => {
  const files = fc.sample(damaged(arrowFiles, [...names, 'nested']), {
    numRuns: fuzzRuns(300),
    seed: fuzzSeed + 1,
  });
  const compressed = Buffer.from(arrowFiles.zstd, 'base64');
  // What a compressed buffer says it comes to stands before its frame, which begins with this.
  const frame = compressed.indexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
  const bombs = [2n ** 31n, 2n ** 29n, 2n ** 62n, -2n].map((size) => {
    const bomb = Uint8Array.from(compressed);
    new DataView(bomb.buffer).setBigInt64(frame - 8, size, true);
    return bomb;
  });
  const { outcomes, bytes } = await inChild('arrow', [...files, ...bombs]);
  expect(outcomes.filter((outcome) => outcome !== 'a table' && outcome !== 'invalid_data')).toEqual([]);
  expect(outcomes.slice(-4)).toEqual(Array.from({ length: 4 }, () => 'invalid_data'));
  expect(bytes).toBeLessThan(2 ** 30);
});
