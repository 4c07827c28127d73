import type { Lease, ObjectStore } from '../store/object-store.ts';
import { expectCode, expectEqual, expectThat } from './expectation.ts';
import { all, keysOf, text, type OnStore } from './store-fixtures.ts';

/** Leases. */
export function leaseTests(on: OnStore): void {
  const task = 'correlations/c/p/';

  on('a lease is held by one, and goes on when it is given back', async (store) => {
    const first = await store.acquire(task);
    expectEqual(first.prefix, task, 'the prefix');
    const refused = await expectCode(store.acquire(task), 'task_bound', 'a second acquire');
    expectThat(typeof refused.details['holder'] === 'string', 'the refusal names the holder');
    expectThat(refused.details['since'] instanceof Date, 'the refusal says since when');
    await expectCode(store.acquire(task.slice(0, -1)), 'task_bound', 'the same without the last slash');
    const other = await store.acquire('correlations/c/q/');
    await first.release();
    await first.release();
    const second = await store.acquire(task);
    expectThat(
      second.generation > first.generation,
      `generation ${second.generation} follows ${first.generation}`,
    );
    expectThat(!second.signal.aborted, 'the lease is lost');
    await Promise.all([second.release(), other.release()]);
    expectEqual(await keysOf(store, ''), [], 'a lease is no key');
  });

  on('under a lease its holder writes, appends and deletes', async (store) => {
    const lease = await store.acquire(task);
    expectEqual(await store.put(`${task}value`, text('v'), { lease, sync: true }), true, 'put');
    await store.append(`${task}journal`, text('r'), { lease, sync: true });
    await store.delete(`${task}value`, { lease });
    expectEqual(await keysOf(store, task), [`${task}journal`], 'the keys');
    await expectCode(store.put('objects/x', text('v'), { lease }), 'invalid_argument', 'a put elsewhere');
    await expectCode(
      store.put('correlations/c/pq', text('v'), { lease }),
      'invalid_argument',
      'a put beside',
    );
    await lease.release();
  });

  on('a lease that was given back lets nothing through', async (store) => {
    const lease = await store.acquire(task);
    await store.put(`${task}value`, text('old'), { lease });
    await lease.release();
    const refuse = async (when: string): Promise<void> => {
      await expectCode(store.put(`${task}value`, text('new'), { lease }), 'lease_lost', `put ${when}`);
      await expectCode(store.append(`${task}journal`, text('r'), { lease }), 'lease_lost', `append ${when}`);
      await expectCode(store.delete(`${task}value`, { lease }), 'lease_lost', `delete ${when}`);
      expectEqual(await keysOf(store, task), [`${task}value`], `the keys ${when}`);
      expectEqual(await store.get(`${task}value`), text('old'), `the value ${when}`);
    };
    await refuse('after the release');
    const next = await store.acquire(task);
    await refuse('under the next holder');
    await next.release();
  });

  on('what was begun under a lease is done before it is given back', async (store) => {
    const lease = await store.acquire(task);
    const appending = Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        store.append(`${task}journal`, text(`${at}`), { lease, sync: at % 5 === 0 }),
      ),
    );
    await lease.release();
    expectEqual((await all(store.log(`${task}journal`))).length, 20, 'how many records');
    await appending;
  });

  on('acquire waits as long as it may', async (store) => {
    const first = await store.acquire(task);
    await expectCode(store.acquire(task, { timeoutMs: 30 }), 'task_bound', 'after the time');
    let isTaken = false;
    const waiting = store.acquire(task, { timeoutMs: Infinity }).then((lease) => {
      isTaken = true;
      return lease;
    });
    await store.get('anything');
    expectThat(!isTaken, 'two hold one lease');
    await first.release();
    await (await waiting).release();
    for (const timeoutMs of [-1, Number.NaN]) {
      await expectCode(store.acquire(task, { timeoutMs }), 'invalid_argument', `timeoutMs ${timeoutMs}`);
    }
  });

  on('waiting for a lease can be aborted', async (store) => {
    const lease = await store.acquire(task);
    const stop = new AbortController();
    const waiting = expectCode(
      store.acquire(task, { timeoutMs: Infinity, signal: stop.signal }),
      'canceled',
      'waiting',
    );
    await store.get('anything');
    stop.abort('enough');
    expectEqual((await waiting).name, 'AbortError', 'the name of the error');
    await lease.release();
    await expectCode(
      store.acquire(task, { signal: stop.signal }),
      'canceled',
      'a signal that was aborted before',
    );
    await (await store.acquire(task)).release();
  });

  on('a lease is told of while it is held', async (store) => {
    expectEqual(await store.leaseInfo(task), undefined, 'what is known before');
    const lease = await store.acquire(task);
    const info = await store.leaseInfo(task.slice(0, -1));
    expectEqual(info?.generation, lease.generation, 'the generation');
    expectEqual(info?.state, 'live', 'the state');
    expectThat(typeof info?.name === 'string' && info.name !== '', 'it names the holder');
    expectThat(info?.since instanceof Date, 'it says since when');
    await lease.release();
    expectEqual(await store.leaseInfo(task), undefined, 'what is known after');
  });

  on('who takes a lease by force has it, and whoever had it can do no more', async (store) => {
    const first = await store.acquire(task);
    await store.append(`${task}journal`, text('first'), { lease: first, sync: true });
    await store.put(`${task}value`, text('first'), { lease: first });
    const second = await store.acquire(task, { force: true });
    expectThat(second.generation > first.generation, 'the generation has not grown');
    const lost = { lease: first };
    await expectCode(store.append(`${task}journal`, text('late'), lost), 'lease_lost', 'append');
    await expectCode(store.put(`${task}value`, text('late'), lost), 'lease_lost', 'put');
    await expectCode(store.delete(`${task}value`, lost), 'lease_lost', 'delete');
    expectThat(first.signal.aborted, 'who had it is told');
    await first.release();
    await store.append(`${task}journal`, text('second'), { lease: second, sync: true });
    expectEqual(await all(store.log(`${task}journal`)), [text('first'), text('second')], 'the log');
    expectEqual(await store.get(`${task}value`), text('first'), 'the value');
    expectEqual((await store.leaseInfo(task))?.generation, second.generation, 'who holds it');
    await second.release();
    await (await store.acquire(task, { force: true })).release();
  });

  on('of many that want a lease, one at a time holds it', async (store) => {
    let holders = 0;
    const generations: number[] = [];
    const work = async (): Promise<void> => {
      const lease = await store.acquire(task, { timeoutMs: Infinity });
      holders += 1;
      expectEqual(holders, 1, 'how many hold it');
      generations.push(lease.generation);
      await store.put(`${task}value`, text('v'), { lease });
      holders -= 1;
      await lease.release();
    };
    await Promise.all(Array.from({ length: 6 }, work));
    expectEqual(generations.length, new Set(generations).size, 'how many generations');
    expectEqual(
      generations,
      generations.toSorted((one, other) => one - other),
      'the generations in time',
    );
  });
}

/** close. */
export function closeTests(on: OnStore): void {
  on('a closed store refuses everything, and closing it twice is no error', async (store) => {
    await store.put('key', text('v'));
    const lease = await store.acquire('runs/r/');
    await store.close();
    await store.close();
    await expectCode(store.get('key'), 'already_closed', 'get');
    await expectCode(store.put('key', text('v')), 'already_closed', 'put');
    await expectCode(store.append('log', text('v')), 'already_closed', 'append');
    await expectCode(store.delete('key'), 'already_closed', 'delete');
    await expectCode(all(store.log('log')), 'already_closed', 'log');
    await expectCode(all(store.list('')), 'already_closed', 'list');
    await expectCode(store.acquire('runs/r/'), 'already_closed', 'acquire');
    await expectCode(store.leaseInfo('runs/r/'), 'already_closed', 'leaseInfo');
    expectThat(lease.signal.aborted, 'who holds a lease of a closed store is told');
    await lease.release();
  });

  on('closing ends the wait for a lease', async (store) => {
    await store.acquire('runs/r/');
    const waiting = expectCode(
      store.acquire('runs/r/', { timeoutMs: Infinity }),
      'already_closed',
      'waiting',
    );
    await store.get('anything');
    await store.close();
    await waiting;
  });
}

/** What a second store over the same data sees. */
export function reopenTests(on: OnStore, reopen: (store: ObjectStore) => Promise<ObjectStore>): void {
  const withTwo = async (store: ObjectStore, run: (other: ObjectStore) => Promise<void>): Promise<void> => {
    const other = await reopen(store);
    try {
      await run(other);
    } finally {
      await other.close();
    }
  };

  on('what was written is there after the store was opened again', async (store) => {
    if (!store.supports.durable) return;
    await store.put('synced', text('s'), { sync: true });
    await store.put('value', text('v'));
    await store.put('removed', text('r'));
    await store.delete('removed');
    for (const record of ['a', 'b']) await store.append('runs/r/journal', text(record), { sync: true });
    const lease = await store.acquire('runs/r/');
    await store.close();
    await withTwo(store, async (again) => {
      expectEqual(await keysOf(again, ''), ['runs/r/journal', 'synced', 'value'], 'the keys');
      expectEqual(await again.get('value'), text('v'), 'the value');
      await again.append('runs/r/journal', text('c'));
      expectEqual(await all(again.log('runs/r/journal')), [text('a'), text('b'), text('c')], 'the log');
      const next = await again.acquire('runs/r/');
      expectThat(next.generation > lease.generation, 'the generation has grown');
      await next.release();
    });
  });

  on('two stores over the same data exclude each other and see each other', async (store) => {
    if (!store.supports.sharedAcrossProcesses) return;
    await withTwo(store, async (other) => {
      const tries = Array.from({ length: 20 }, (_, at) =>
        (at % 2 === 0 ? store : other).put('key', text(`value ${at}`), { ifAbsent: true }),
      );
      expectEqual((await Promise.all(tries)).filter(Boolean).length, 1, 'how many puts with ifAbsent won');
      for (const [at, writer] of [store, other, store, other].entries())
        await writer.append('log', text(`${at}`));
      expectEqual(
        (await all(store.log('log'))).map((record) => record[0]),
        [48, 49, 50, 51],
        'the log',
      );
      await other.delete('log');
      await store.append('log', text('4'), { sync: true });
      expectEqual(await all(other.log('log')), [text('4')], 'the log after it was removed');

      const lease: Lease = await store.acquire('runs/r/');
      await expectCode(other.acquire('runs/r/'), 'task_bound', 'the other store');
      await expectCode(
        other.put('runs/r/value', text('v'), { lease }),
        'lease_lost',
        "another store's lease",
      );
      expectEqual(await other.leaseInfo('runs/r/'), await store.leaseInfo('runs/r/'), 'what both know of it');
      const taken = await other.acquire('runs/r/', { force: true });
      await expectCode(store.append('runs/r/journal', text('late'), { lease }), 'lease_lost', 'who had it');
      await other.append('runs/r/journal', text('in time'), { lease: taken });
      await lease.release();
      expectEqual(await all(store.log('runs/r/journal')), [text('in time')], 'the log that both see');
      await expectCode(store.acquire('runs/r/'), 'task_bound', 'after the take-over');
      await taken.release();
      await (await store.acquire('runs/r/')).release();
    });
  });
}
