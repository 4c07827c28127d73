import { createHash } from 'node:crypto';
import type { Engine } from '@cairn/core';
import { duckDbEngine, type DuckDbLike } from '@cairn/core/duckdb';
import { afterAll, describe, expect, test } from 'vitest';
import { statement, table } from '../../packages/core/dist/testing/engine-fixtures.js';
import { startEngineThread } from '../../packages/node-adapter/dist/engine-thread.js';

/* However batches leave the engine's thread, what comes out is the same. */

function engineOver(change: (db: DuckDbLike) => Partial<DuckDbLike>): Engine {
  return duckDbEngine({
    version: 'test',
    async connect() {
      const instance = await startEngineThread();
      return { ...instance, db: { ...instance.db, ...change(instance.db) } };
    },
  });
}

const pieces = { asked: 0, paused: 0 };
const ways = {
  gathered: engineOver(() => ({})),
  singly: engineOver(() => ({ fetchBatches: undefined as never, startAndFetch: undefined as never })),
  apart: engineOver(() => ({ startAndFetch: undefined as never })),
  // Never in time, so that each message has one batch.
  hurried: engineOver(({ fetchBatches, startAndFetch }) => ({
    startAndFetch: (connection, text, request) =>
      (startAndFetch as NonNullable<typeof startAndFetch>)(connection, text, { ...request, withinMs: -1 }),
    async fetchBatches(connection, request) {
      const fetched = await (fetchBatches as NonNullable<typeof fetchBatches>)(connection, {
        ...request,
        withinMs: -1,
      });
      pieces.asked += 1;
      if (fetched.until === 'time') pieces.paused += 1;
      return fetched;
    },
  })),
};

afterAll(async () => {
  for (const engine of Object.values(ways)) await engine.close();
});

async function partsOf(engine: Engine, query: string) {
  await engine.createTable(table('given'), statement(query));
  const parts: { readonly rows: number; readonly hash: string }[] = [];
  for await (const { bytes, rows } of engine.exportParts(table('given')))
    parts.push({ rows, hash: createHash('sha256').update(bytes).digest('hex') });
  return parts;
}

describe.each(['singly', 'apart', 'hurried'] as const)('batches that come %s', (way) => {
  test.each([
    ['no rows', 'select 1 as n, uuid() as u where false', 1],
    ['one batch', 'select range as n from range(2048)', 1],
    ['many parts', `select range as n, md5(range::varchar) as h from range(700000)`, 2],
    [
      'batches larger than what is taken at first',
      `select range as n, repeat(md5(range::varchar), 300) as h from range(5000)`,
      3,
    ],
    [
      'what Arrow would lose',
      `select range::hugeint as n, interval (range) second as i, [range::uhugeint, null] as l from range(20000)`,
      1,
    ],
  ])('make the same parts of %s', async (_, query, atLeast) => {
    const expected = await partsOf(ways.gathered, query);
    expect(expected.length).toBeGreaterThanOrEqual(atLeast);
    expect(await partsOf(ways[way], query)).toEqual(expected);
  });

  test('make no part without rows where a table ends with a part', async () => {
    const numbers = (rows: number): string => `select range as n from range(${rows})`;
    const [first, ...others] = await partsOf(ways.gathered, numbers(2_200_000));
    expect(others).toHaveLength(1);
    const rows = first?.rows ?? 0;
    expect(await partsOf(ways[way], numbers(rows))).toEqual([first]);
    expect(await partsOf(ways.gathered, numbers(rows))).toEqual([first]);
  });

  test('make the same answer of a query', async () => {
    const query = statement('select range as n, range % 7 as k from range(10000)');
    const answer = await ways[way].query(query);
    expect(answer.toArray().map(String)).toEqual((await ways.gathered.query(query)).toArray().map(String));
    expect(answer.numRows).toBe(10_000);
  });
});

test('what is not fetched in time comes with the next message', () => {
  expect(pieces.paused).toBeGreaterThan(300);
  expect(pieces.asked).toBeLessThan(2 * pieces.paused);
});

test('an export is ended while batches are gathered', async () => {
  await ways.gathered.createTable(
    table('long'),
    statement('select range as n, md5(range::varchar) as h from range(2000000)'),
  );
  const controller = new AbortController();
  const { signal } = controller;
  const parts = ways.gathered.exportParts(table('long'), { signal })[Symbol.asyncIterator]();
  await parts.next();
  controller.abort();
  const begun = performance.now();
  await expect(
    (async () => {
      for (;;) if ((await parts.next()).done === true) return;
    })(),
  ).rejects.toMatchObject({ code: 'canceled' });
  expect(performance.now() - begun).toBeLessThan(1000);
  expect((await ways.gathered.query(statement('select 1'))).numRows).toBe(1);
});

test('memory that is given back holds other parts, and what is kept stays as it is', async () => {
  const engine = ways.gathered;
  for (const number of [1, 2]) {
    const rows = statement(`select range as n, md5((range * ${number})::varchar) as h from range(900000)`);
    await engine.createTable(table(`of_${number}`), rows);
  }
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const kept: { readonly bytes: Uint8Array; readonly hash: string }[] = [];
  const first: string[] = [];
  for await (const { bytes } of engine.exportParts(table('of_1'))) {
    kept.push({ bytes, hash: hash(bytes) });
    first.push(hash(bytes));
  }
  const buffers = new Set<ArrayBufferLike>();
  for (const number of [2, 1, 2, 1]) {
    const hashes: string[] = [];
    for await (const part of engine.exportParts(table(`of_${number}`))) {
      hashes.push(hash(part.bytes));
      if (part.bytes.length > 2 ** 24) buffers.add(part.bytes.buffer);
      part.release?.();
      part.release?.();
    }
    if (number === 1) expect(hashes).toEqual(first);
  }
  expect(buffers.size).toBeLessThanOrEqual(3);
  for (const { bytes, hash: before } of kept) expect(hash(bytes)).toBe(before);
});

test('more exports than there are pieces to share have nothing of each other', async () => {
  const engine = ways.gathered;
  const numbers = [1, 2, 3, 4, 5];
  for (const number of numbers) {
    const rows = statement(`select range as n, md5((range * ${number})::varchar) as h from range(600000)`);
    await engine.createTable(table(`of_${number}`), rows);
  }
  const hashesOf = async (number: number) => {
    const hashes: string[] = [];
    for await (const { bytes } of engine.exportParts(table(`of_${number}`)))
      hashes.push(createHash('sha256').update(bytes).digest('hex'));
    return hashes;
  };
  const together = await Promise.all(numbers.map(hashesOf));
  const alone: string[][] = [];
  for (const number of numbers) alone.push(await hashesOf(number));
  expect(together).toEqual(alone);
  expect(new Set(alone.flat()).size).toBe(alone.flat().length);
});
