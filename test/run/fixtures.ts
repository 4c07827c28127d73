import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createRunner,
  isCairnError,
  memoryStore,
  type CairnError,
  type CairnEvent,
  type Engine,
  type ErrorCode,
  type ObjectStore,
  type Runner,
  type RunnerOptions,
} from '@cairn/core';
import { createNodeEngine, nodeFiles } from '@cairn/node';
import { afterAll, expect } from 'vitest';

const engines: Engine[] = [];
const folders: string[] = [];
const runners: Runner[] = [];

afterAll(async () => {
  for (const runner of runners.splice(0)) await runner.close();
  for (const engine of engines.splice(0)) await engine.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An engine shared by the tests of a file: it takes seconds to start one. */
export function sharedEngine(): Engine {
  const engine = createNodeEngine();
  engines.push(engine);
  // Runners close what they are given; this one outlives them.
  return { ...bound(engine), close: () => Promise.resolve() };
}

function bound(engine: Engine): Engine {
  return {
    identity: engine.identity,
    open: (options) => engine.open(options),
    createTable: (table, query, options) => engine.createTable(table, query, options),
    createTableOf: (table, pieces, options) => engine.createTableOf(table, pieces, options),
    query: (query, options) => engine.query(query, options),
    exportParts: (table, options) => engine.exportParts(table, options),
    importParts: (table, columns, parts, options) => engine.importParts(table, columns, parts, options),
    dropTable: (table) => engine.dropTable(table),
    ...(engine.tableMemory && { tableMemory: engine.tableMemory }),
    onLost: (listener) => engine.onLost?.(listener) ?? (() => undefined),
    close: () => engine.close(),
  };
}

/** A store that outlives the runners that use it. */
export function lastingStore(store: ObjectStore = memoryStore()): ObjectStore {
  return {
    name: store.name,
    supports: store.supports,
    get: (key) => store.get(key),
    put: (key, value, options) => store.put(key, value, options),
    append: (key, record, options) => store.append(key, record, options),
    log: (key) => store.log(key),
    delete: (key, options) => store.delete(key, options),
    touch: (key) => store.touch(key),
    list: (prefix) => store.list(prefix),
    acquire: (prefix, options) => store.acquire(prefix, options),
    leaseInfo: (prefix) => store.leaseInfo(prefix),
    close: () => Promise.resolve(),
  };
}

/** A runner over the given parts, and what it tells. */
export function testRunner(options: Partial<RunnerOptions> & { readonly engine: Engine }): {
  readonly runner: Runner;
  readonly events: CairnEvent[];
} {
  const events: CairnEvent[] = [];
  const runner = createRunner({
    store: lastingStore(),
    files: nodeFiles(),
    ...options,
    observers: [...(options.observers ?? []), { name: 'test', onEvent: (event) => void events.push(event) }],
  });
  runners.push(runner);
  return { runner, events };
}

/** A folder that goes with the tests of a file; in the repository, where pipeline files find Cairn's packages. */
export function temporaryFolder(place: 'system' | 'repository' = 'system'): string {
  const base = place === 'system' ? tmpdir() : fileURLToPath(new URL('../../.cairn', import.meta.url));
  mkdirSync(base, { recursive: true });
  const folder = mkdtempSync(join(base, 'cairn-test-'));
  folders.push(folder);
  return folder;
}

/** The error that a promise rejects with, of this code; a failed run counts as its first error. */
export async function errorOf(promise: Promise<unknown>, code: ErrorCode): Promise<CairnError> {
  const error: unknown = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  const first = isCairnError(error, 'run_failed') && code !== 'run_failed' ? error.cause : error;
  if (!isCairnError(first)) throw first instanceof Error ? first : new Error(String(first));
  expect(first.code, first.message).toBe(code);
  return first;
}

/** What became of each step, as `name outcome`. */
export function outcomes(result: {
  readonly steps: ReadonlyMap<string, { readonly outcome: string }>;
}): string[] {
  return [...result.steps].map(([name, { outcome }]) => `${name} ${outcome}`);
}
