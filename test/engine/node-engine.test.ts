import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { isCairnError } from '@cairn/core';
import { duckDbEngine, type DuckDbInstance } from '@cairn/core/duckdb';
import { afterAll, describe, expect, test } from 'vitest';
import { engineSuite } from '@cairn/core/testing';
import { statement, table } from '../../packages/core/dist/testing/engine-fixtures.js';
import { startEngineThread } from '../../packages/node-adapter/dist/engine-thread.js';
import { createNodeEngine } from '@cairn/node';

const endless = 'select count(*) as n from range(1000000) a(i), range(1000000) b(j) where (i * j) % 7 = 3';

describe('the engine of Node', () => {
  engineSuite({ test, create: () => Promise.resolve(createNodeEngine()) });
});

describe('what only Node has', () => {
  const engine = createNodeEngine();
  afterAll(() => engine.close());

  test('the event loop stays free while a statement runs', async () => {
    await engine.open();
    const before = performance.eventLoopUtilization();
    await engine.createTable(table('busy'), statement('select sum(sqrt(i)) as s from range(20000000) r(i)'));
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  });

  test('reads local files by their path, though they cannot be written or look like patterns', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cairn-engine-'));
    const path = join(folder, `it's [a] *.csv`);
    await writeFile(path, 'a,b\n1,2\n3,4\n');
    await writeFile(join(folder, `it's a other.csv`), 'a,b\n5,6\n');
    await chmod(path, 0o400);
    const query = statement('from read_csv(', { kind: 'file', name: 'f' }, ')');
    expect((await engine.createTable(table('csv'), query, { files: { f: { path } } })).rows).toBe(2);
    const missing = engine.query(query, { files: { f: { path: join(folder, 'missing.csv') } } });
    await expect(missing).rejects.toMatchObject({ code: 'sql_failed' });
    expect((await readdir(folder)).toSorted()).toEqual([`it's [a] *.csv`, `it's a other.csv`]);
    await rm(folder, { recursive: true });
  });

  test('functions that want an extension fail at once, and the engine goes on', async () => {
    for (const call of ['year(now())', 'current_date', `json('{}')`]) {
      const error: unknown = await engine
        .query(statement(`select ${call}`))
        .catch((reason: unknown) => reason);
      expect(isCairnError(error, 'sql_failed') && error.message, call).toMatch(/Hint: .*'(icu|json)'/);
    }
    expect((await engine.query(statement('select 1'))).numRows).toBe(1);
  });

  test('refuses settings on which results depend', () => {
    expect(() => createNodeEngine({ settings: { threads: '4' } })).toThrow(/'threads' is fixed/);
    expect(createNodeEngine({ settings: { default_order: 'desc' } }).identity.settings).toEqual({
      default_order: 'desc',
    });
  });

  test('a wrong setting fails the start, and says so', async () => {
    const broken = createNodeEngine({ settings: { no_such_setting: '1' } });
    await expect(broken.open()).rejects.toMatchObject({
      code: 'engine_failed',
      message: expect.stringContaining('no_such_setting'),
    });
  });

  test('fetches the extensions it is told to, from where it is told', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('no extension');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const repository = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const extended = createNodeEngine({ extensions: { repository, names: ['icu'] } });
    expect(extended.identity.settings).toEqual({ extensions: 'icu' });
    await expect(extended.open()).rejects.toMatchObject({ code: 'engine_failed' });
    await extended.close();
    server.close();
    expect(asked[0]).toMatch(/icu\.duckdb_extension\.wasm$/);
  });

  test('an idle engine keeps no process alive, and a busy one does', async () => {
    const script = `
      import { createNodeEngine } from '@cairn/node';
      const result = await createNodeEngine().query({ parts: [{ kind: 'text', text: 'select sum(i)::INTEGER as s from range(1000) r(i)' }] });
      console.log(result.get(0).s);`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 30_000,
    });
    expect((await run).stdout.trim()).toBe('499500');
  });

  test('its end is waited for, also when an answer comes in the middle of it', async () => {
    const script = `
      import { startEngineThread } from ${JSON.stringify(new URL('../../packages/node-adapter/dist/engine-thread.js', import.meta.url).href)};
      const { db, terminate } = await startEngineThread();
      const asked = db.connectInternal();
      // The answer is there, and nobody has taken it.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000);
      await terminate();
      console.log(typeof (await asked));`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 30_000,
    });
    expect((await run).stdout.trim()).toBe('number');
  });
});

describe('an engine whose thread ends', () => {
  let instance: DuckDbInstance | undefined;
  const engine = duckDbEngine({
    version: 'test',
    connect: async () => (instance = await startEngineThread()),
  });
  afterAll(() => engine.close());

  test('fails what runs, and starts anew for what comes next', async () => {
    await engine.open();
    const told: string[] = [];
    const unheard = engine.onLost?.(({ message }) => void told.push(message));
    const running = engine.query(statement(endless));
    setTimeout(() => void instance?.terminate(), 100);
    await expect(running.finally(() => told.push('rejected'))).rejects.toMatchObject({
      code: 'engine_failed',
    });
    expect(told).toEqual([expect.stringContaining('thread ended'), 'rejected']);
    expect((await engine.query(statement('select 1'))).numRows).toBe(1);
    unheard?.();
    await engine.close();
    expect(told).toHaveLength(2);
  });

  test('an export that had begun ends with it, and does not go on in the next one', async () => {
    const query = statement('select md5(i::varchar) as h from range(1000000) r(i)');
    await engine.createTable(table('t'), query);
    const parts = engine.exportParts(table('t'))[Symbol.asyncIterator]();
    expect((await parts.next()).done).toBe(false);
    await instance?.terminate();
    await engine.createTable(table('t'), statement('select 1 as h'));
    // The next instance counts its connections from the same number, and has an export under way too.
    const others = engine.exportParts(table('t'))[Symbol.asyncIterator]();
    const rest = (async () => {
      while ((await parts.next()).done !== true);
    })();
    await expect(rest).rejects.toMatchObject({ code: 'engine_failed' });
    expect((await others.next()).value?.rows).toBe(1);
    expect((await others.next()).done).toBe(true);
  });

  test('refuses a time to answer that is none', () => {
    for (const answerTimeoutMs of [0, -1, Number.NaN]) {
      expect(() => createNodeEngine({ answerTimeoutMs })).toThrow(/answerTimeoutMs: must be more than 0/);
    }
  });

  test('closing it fails what runs', async () => {
    const running = engine.query(statement(endless));
    setTimeout(() => void engine.close(), 100);
    await expect(running).rejects.toMatchObject({ code: 'engine_failed' });
  });
});
