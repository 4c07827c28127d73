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

  beforeEach(() => {
    vi.useFakeTimers();
    [started, ended, failing, answers] = [0, 0, 0, true];
    const db: Partial<DuckDbLike> = {
      connectInternal: () => (answers ? Promise.resolve(1) : never),
      disconnect: () => Promise.resolve(),
    };
    host = createHost(
      () => {
        started++;
        return failing-- > 0
          ? Promise.reject(new Error('no memory'))
          : Promise.resolve({ db: db as DuckDbLike, terminate: () => void ended++ });
      },
      () => Promise.resolve(),
    );
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

  test('ends an instance that broke down', async () => {
    const trap = Object.assign(new Error('memory access out of bounds'), { name: 'RuntimeError' });
    await expect(host.run('a query', undefined, () => Promise.reject(trap))).rejects.toMatchObject({
      code: 'engine_failed',
      cause: trap,
    });
    expect(ended).toBe(1);
    expect(await host.run('more', undefined, () => Promise.resolve('fine'))).toBe('fine');
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
