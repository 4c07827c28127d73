import { readdirSync, readFileSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definePipeline, sql, step, type RunResult, type StoredObject } from '@cairn/core';
import { unpackedLength, type HashedObjects } from '@cairn/core/store';
import { fsStore } from '@cairn/node';
import { beforeEach, describe, expect, test } from 'vitest';
import { errorOf, lastingStore, outcomes, sharedEngine, temporaryFolder, testRunner } from './fixtures.js';

const engine = sharedEngine();
let root = '';
beforeEach(() => {
  root = temporaryFolder();
});

function chain(last = 1) {
  const a = step('a', sql`select range as n from range(1000)`);
  const b = step('b', sql`select n * 2 as n from ${a}`);
  const c = step('c', sql`select sum(n)::bigint + ${last} as n from ${b}`);
  return definePipeline({ name: 'chain', processes: { main: [a, b, c] } });
}

const run = async (last?: number) => {
  const { runner, events } = testRunner({ engine, store: fsStore({ root }) });
  const result = await runner.run(chain(last));
  const damaged = events.flatMap((event) => (event.type === 'checkpoint_damaged' ? [event.step] : []));
  return { result, damaged };
};

/** The file of a step's only part. */
function partOf(
  result: RunResult,
  name: string,
  files = readdirSync(root, { recursive: true, encoding: 'utf8' }),
): string {
  const bytes = result.steps.get(name)?.bytes;
  const found = files.find(
    (file) =>
      /[0-9a-f]{64}/.test(file) &&
      file.startsWith('objects') &&
      lengthOf(readFileSync(join(root, file))) === bytes,
  );
  return join(root, found ?? 'missing');
}

const lengthOf = (object: Uint8Array): number | undefined => unpackedLength(object, object.length);

const damages: [string, (file: string) => void][] = [
  ['missing', (file) => unlinkSync(file)],
  ['truncated', (file) => truncateSync(file, 100)],
  ['emptied', (file) => truncateSync(file, 0)],
  [
    'flipped',
    (file) => {
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    },
  ],
];

describe.each(damages)('a part that is %s', (_, damage) => {
  test('is never served: the step runs again, and what came out the same is reused', async () => {
    const { result } = await run();
    damage(partOf(result, 'b'));
    // The last step is edited, so that it needs the damaged table.
    const { result: again, damaged } = await run(2);
    expect(damaged).toEqual(['b']);
    expect(outcomes(again)).toEqual(['a reused', 'b complete', 'c complete']);
    expect((await again.table('c')).get(0)?.toJSON()).toEqual({ n: 999002n });
    const third = await run(2);
    expect(third.damaged).toEqual([]);
    expect(outcomes(third.result)).toEqual(['a reused', 'b reused', 'c reused']);
  });

  test('is refused when a result is read', async () => {
    const { result } = await run();
    damage(partOf(result, 'b'));
    await errorOf(result.table('b'), 'checkpoint_damaged');
  });
});

test('a damaged volatile table that comes out differently settles again what was made of it', async () => {
  const a = step('a', sql`select range as n, random() as r from range(1000)`);
  const b = step('b', sql`select sum(r) as s from ${a}`);
  const c = (last: number) => step('c', sql`select count(*) + ${last} as n from ${a}`);
  const build = (last: number) => definePipeline({ name: 'dice', processes: { main: [a, b, c(last)] } });
  const { runner } = testRunner({ engine, store: fsStore({ root }) });
  const first = await runner.run(build(1));
  unlinkSync(partOf(first, 'a'));
  const second = await runner.run(build(2));
  expect(outcomes(second)).toEqual(['a complete', 'b complete', 'c complete']);
  const sum = (await second.table('b')).get(0)?.toJSON()['s'];
  const rows = (await second.table('a')).toArray().map((row) => Number(row['r']));
  expect(rows.reduce((total, value) => total + value, 0)).toBeCloseTo(Number(sum), 6);
});

test('a cache entry that is no manifest is told and written anew', async () => {
  const { result } = await run();
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const entries = files.filter((file) => file.startsWith('cache') && file.endsWith('.json'));
  expect(entries).toHaveLength(3);
  for (const file of entries) writeFileSync(join(root, file), '{"formatVersion":1');
  const { runner, events } = testRunner({ engine, store: fsStore({ root }) });
  const again = await runner.run(chain(), undefined, { correlationId: 'another' });
  expect(events.filter((event) => event.type === 'checkpoint_damaged')).toHaveLength(3);
  expect(again.steps.get('c')?.contentHash).toBe(result.steps.get('c')?.contentHash);
  const { runner: third } = testRunner({ engine, store: fsStore({ root }) });
  expect(
    outcomes(await third.run(chain(), undefined, { correlationId: 'a third'.replace(' ', '-') })),
  ).toEqual(['a reused', 'b reused', 'c reused']);
});

test('a damaged table that two steps read at once is computed once', async () => {
  let runs = 0;
  const a = step(
    'a',
    {},
    () => {
      runs += 1;
      return [{ n: 1 }];
    },
    { version: '1' },
  );
  const reader = (name: string, version: string) =>
    step(name, { a }, async (inputs) => [{ rows: (await inputs.a.arrow()).numRows }], { version });
  const build = (version: string) =>
    definePipeline({ name: 'twice', processes: { main: [a, reader('b', version), reader('c', version)] } });
  const { runner } = testRunner({ engine, store: fsStore({ root }) });
  const first = await runner.run(build('1'));
  unlinkSync(partOf(first, 'a'));
  // The listing of parts is older than the damage: so it is found by the readers.
  const second = testRunner({
    engine,
    store: { ...lastingStore(fsStore({ root })), list: () => listed(first, 'a') },
  });
  expect(outcomes(await second.runner.run(build('2')))).toEqual(['a complete', 'b complete', 'c complete']);
  expect(runs).toBe(2);
});

async function* listed(result: RunResult, name: string): AsyncGenerator<StoredObject> {
  const journal = fsStore({ root });
  for await (const record of journal.log(`correlations/${result.correlationId ?? ''}/twice/journal`)) {
    const { step: of, manifest } = JSON.parse(Buffer.from(record).toString()) as {
      step?: string;
      manifest?: { parts: { sha256: string; bytes: number }[] };
    };
    if (of !== name) continue;
    for (const part of manifest?.parts ?? []) {
      yield { key: `objects/${part.sha256}`, size: part.bytes, modifiedAt: new Date() };
    }
  }
  await journal.close();
}

test.each([1, 2])(
  'a part that another process stores anew after %i reads of it stays',
  async (repairedAfter) => {
    const store = fsStore({ root });
    const objects = store.objects as HashedObjects;
    let [reads, file, whole] = [0, '', Buffer.of()];
    const get: HashedObjects['get'] = async (sha256) => {
      const found = await objects.get(sha256);
      reads += 1;
      if (reads === repairedAfter) writeFileSync(file, whole);
      return found;
    };
    const { runner } = testRunner({ engine, store: { ...store, objects: { ...objects, get } } });
    const result = await runner.run(chain());
    file = partOf(result, 'b');
    whole = readFileSync(file);
    truncateSync(file, 100);
    // Damage is older than what mends it.
    utimesSync(file, 1e9, 1e9);
    reads = 0;
    const reading = result.table('b');
    if (repairedAfter === 1) expect((await reading).numRows).toBe(1000);
    else await errorOf(reading, 'checkpoint_damaged');
    expect(readFileSync(file)).toEqual(whole);
  },
);

test('a cache entry that names the parts of another is refused', async () => {
  const { result } = await run();
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.startsWith('cache') && name.endsWith('.json'),
  );
  const read = (file: string) =>
    JSON.parse(readFileSync(join(root, file), 'utf8')) as { step: string; parts: unknown };
  const [from, to] = ['b', 'a'].map((name) => files.find((file) => read(file).step === name) ?? '') as [
    string,
    string,
  ];
  writeFileSync(join(root, to), JSON.stringify({ ...read(to), parts: read(from).parts }));
  const { runner, events } = testRunner({ engine, store: fsStore({ root }) });
  const again = await runner.run(chain(), undefined, { correlationId: 'another' });
  expect(events.flatMap((event) => (event.type === 'checkpoint_damaged' ? [event.step] : []))).toEqual(['a']);
  expect(again.steps.get('a')?.contentHash).toBe(result.steps.get('a')?.contentHash);
});

test('a manifest of a newer format is refused, never guessed at', async () => {
  await run();
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.startsWith('cache') && name.endsWith('.json'))) {
    const text = readFileSync(join(root, file), 'utf8');
    writeFileSync(join(root, file), text.replace('"formatVersion":1', '"formatVersion":2'));
  }
  const { runner } = testRunner({ engine, store: fsStore({ root }) });
  await errorOf(runner.run(chain(), undefined, { correlationId: 'another' }), 'unsupported_format');
});
