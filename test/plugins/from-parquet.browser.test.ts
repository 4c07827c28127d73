import { type ConnectorContext, silentLogger } from '@cairn/core';
import { fromParquet } from '@cairn/plugins/parquet';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { parquetFiles } from './parquet-files.ts';
import { withoutWorkers } from './no-worker.ts';

const bytesFrom = (name: keyof typeof parquetFiles): Uint8Array =>
  Uint8Array.from(atob(parquetFiles[name]), (character) => character.charCodeAt(0));

/** Reads as the runner does: the rows as JSON, read to the end, and then closed. */
async function read(bytes: Uint8Array): Promise<string[]> {
  const connector = fromParquet({ bytes });
  const context: ConnectorContext = {
    pipeline: 'p',
    step: 's',
    runId: 'run-1',
    location: connector.location,
    options: connector.options,
    signal: new AbortController().signal,
    logger: silentLogger,
    files: undefined,
    fileHash: () => Promise.reject(new Error('no files')),
    progress: () => undefined,
  };
  const { data, close } = await connector.read(context);
  const rows: string[] = [];
  try {
    if ('streams' in data)
      for await (const stream of data.streams) rows.push(...tableFromIPC(stream).toArray().map(String));
  } finally {
    await close?.();
  }
  return rows;
}

/** Counts the workers that are begun and ended. */
function countWorkers(): { begun: number; ended: number } {
  const count = { begun: 0, ended: 0 };
  vi.stubGlobal(
    'Worker',
    class extends Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        count.begun += 1;
      }
      override terminate(): void {
        count.ended += 1;
        super.terminate();
      }
    },
  );
  return count;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a page reads in a worker, which ends with the reading', async () => {
  const count = countWorkers();
  const rows = await read(bytesFrom('groups'));
  expect(rows).toHaveLength(300);
  expect(count).toEqual({ begun: 1, ended: 1 });
});

test.each(withoutWorkers)('where %s, it reads the same on its own thread', async (_name, worker) => {
  const rows = await read(bytesFrom('shapes'));
  vi.stubGlobal('Worker', worker);
  expect(await read(bytesFrom('shapes'))).toEqual(rows);
});

test('whatever is damaged, that is what it says, every worker ends, and good files are read', async () => {
  const count = countWorkers();
  const codes = new Set<unknown>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('groups', 'shapes', 'scalars', 'groups_gzip', 'old'),
      fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 3,
      }),
      async (name, flips) => {
        const bytes = bytesFrom(name);
        for (const [where, value] of flips) bytes[Math.floor(where * bytes.length)] = value;
        await read(bytes).catch((error: { code?: unknown }) => codes.add(error.code));
      },
    ),
    { numRuns: 80, seed: 3 },
  );
  expect([...codes]).toEqual(['invalid_data']);
  expect(await read(bytesFrom('groups'))).toHaveLength(300);
  expect(count.ended).toBe(count.begun);
});
