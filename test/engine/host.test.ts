import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DuckDbLike } from '@cairn/core/duckdb';
import { createHost, type Host } from '../../packages/core/dist/engine/host.js';

/* Faults of an instance: it never answers, it breaks down, it does not start. No DuckDB runs here. */

const never = new Promise<never>(() => undefined);

describe('a host', () => {
  let [started, ended] = [0, 0];
  let failing = 0;
  let answers = true;
  let host: Host;
  let failure: Error | undefined;
  const told: string[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    [started, ended, failing, answers] = [0, 0, 0, true];
    failure = undefined;
    told.splice(0);
    const db: Partial<DuckDbLike> = {
      connectInternal: () => (answers ? Promise.resolve(1) : never),
      disconnect: () => Promise.resolve(),
      runQuery: () => (failure ? Promise.reject(failure) : never),
      pollPendingQuery: () => new Promise((resolve) => setTimeout(() => resolve(null), 50)),
    };
    host = createHost(
      () => {
        started++;
        return failing-- > 0
          ? Promise.reject(new Error('no memory'))
          : Promise.resolve({ db: db as DuckDbLike, terminate: () => void ended++ });
      },
      () => Promise.resolve(),
      60_000,
    );
    host.onLost(({ message }) => void told.push(message));
  });
  afterEach(() => vi.useRealTimers());

  test('rejects a cancelled call within a second, and ends an instance that does not answer', async () => {
    answers = false;
    const controller = new AbortController();
    const stuck = host.run('a query', controller.signal, () => never);
    const beside = host.run('another', undefined, () => never);
    const [first, second] = [stuck.catch((error: unknown) => error), beside.catch((error: unknown) => error)];
    await vi.advanceTimersByTimeAsync(0);
    controller.abort('enough');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await first).toMatchObject({ code: 'canceled', name: 'AbortError' });
    expect(ended).toBe(0);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(ended).toBe(1);
    expect(await second).toMatchObject({ code: 'engine_failed' });
    expect(await host.run('more', undefined, () => Promise.resolve('fine'))).toBe('fine');
    expect(started).toBe(2);
  });

  test('leaves alone an instance that answers late', async () => {
    const controller = new AbortController();
    const slow = host.run(
      'a query',
      controller.signal,
      () => new Promise((resolve) => setTimeout(() => resolve(1), 30_000)),
    );
    const outcome = slow.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(0);
    controller.abort();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(await outcome).toMatchObject({ code: 'canceled' });
    expect(ended).toBe(0);
  });

  test.each([
    ['memory access out of bounds', 'RuntimeError', 'broke down'],
    ['Aborted(OOM). Build with -sASSERTIONS for more info.', 'RuntimeError', 'out of memory'],
    ['Array buffer allocation failed', 'RangeError', 'out of memory'],
    ['Maximum call stack size exceeded', 'RangeError', 'broke down'],
    ['Out of Memory Error: failed to allocate data of size 16.0 MiB', 'Error', 'out of memory'],
    ['{"exception_type":"Out of Memory","exception_message":"could not"}', 'Error', 'out of memory'],
    ['FATAL Error: database has been invalidated because of a previous fatal error', 'Error', 'gave up'],
  ])('ends an instance that said: %s', async (message, name, what) => {
    failure = Object.assign(new Error(message), { name });
    let old: DuckDbLike | undefined;
    const beside = host.run('another', undefined, () => never).catch((error: unknown) => error);
    const broken = host.run('a query', undefined, (db) => {
      old = db;
      return db.runQuery(1, 'select 1');
    });
    await expect(broken).rejects.toMatchObject({
      code: 'engine_failed',
      message: expect.stringContaining(what),
      cause: failure,
    });
    expect(await beside).toMatchObject({ code: 'engine_failed', cause: failure });
    expect(ended).toBe(1);
    expect(told).toEqual([expect.stringContaining(what)]);
    expect(await host.run('more', undefined, () => Promise.resolve('fine'))).toBe('fine');
    failure = undefined;
    // What was begun on the old instance never reaches the new one.
    await expect(old?.disconnect(1)).rejects.toMatchObject({ code: 'engine_failed' });
    expect(started).toBe(2);
  });

  test.each([
    'Catalog Error: Table with name x does not exist',
    `Conversion Error: Could not convert string 'Out of Memory Error: x' to INT32`,
    '{"exception_type":"Out of Mem',
  ])('keeps an instance that said: %s', async (message) => {
    failure = new Error(message);
    const failed = host.run('a query', undefined, (db) => db.runQuery(1, 'select 1'));
    await expect(failed).rejects.toBe(failure);
    expect([ended, ...told]).toEqual([0]);
  });

  test('ends an instance that answers nothing', async () => {
    const stuck = host.run('a query', undefined, (db) => db.runQuery(1, 'select 1'));
    const outcome = stuck.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(ended).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await outcome).toMatchObject({
      code: 'engine_failed',
      message: expect.stringContaining('it did not answer for 60 s'),
    });
    expect([started, ended, told.length]).toEqual([1, 1, 1]);
    expect(await host.run('more', undefined, () => Promise.resolve('fine'))).toBe('fine');
  });

  test('waits as long as something is answered', async () => {
    void host.run('a query', undefined, (db) => db.runQuery(1, 'select 1')).catch(() => undefined);
    const polled = host.run('another', undefined, async (db) => {
      const begun = Date.now();
      while (Date.now() < begun + 600_000) await db.pollPendingQuery(2);
    });
    await vi.advanceTimersByTimeAsync(601_000);
    await polled;
    expect(ended).toBe(0);
  });

  test('an idle instance is asked for no answer', async () => {
    await host.run('a query', undefined, (db) => db.connectInternal());
    await vi.advanceTimersByTimeAsync(600_000);
    expect([ended, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test('a clock that stood still does not count as silence', async () => {
    vi.useRealTimers();
    const db: Partial<DuckDbLike> = {
      connectInternal: () => new Promise((resolve) => setTimeout(() => resolve(1), 2_500)),
    };
    let lost = 0;
    const frozen = createHost(
      () => Promise.resolve({ db: db as DuckDbLike, terminate: () => void lost++ }),
      () => Promise.resolve(),
      2_000,
    );
    const answer = frozen.run('a query', undefined, (of) => of.connectInternal());
    await new Promise((resolve) => setTimeout(resolve, 10));
    // eslint-disable-next-line no-empty -- Nothing runs meanwhile, as when a machine sleeps.
    for (const until = Date.now() + 3_000; Date.now() < until;) {}
    expect(await answer).toBe(1);
    expect(lost).toBe(0);
  });

  test('tries again after a start that failed', async () => {
    failing = 1;
    await expect(host.run('a query', undefined, () => Promise.resolve(1))).rejects.toThrow('no memory');
    expect(await host.run('a query', undefined, () => Promise.resolve(1))).toBe(1);
  });

  test('starts one instance for many', async () => {
    await Promise.all([1, 2, 3].map(() => host.run('a query', undefined, () => Promise.resolve())));
    await host.close();
    await host.close();
    expect([started, ended]).toEqual([1, 1]);
  });
});
