import type { Lease, ObjectStore } from '../store/object-store.ts';
import { expectCode, expectEqual, expectThat, type TestFunction } from './expectation.ts';

/** What {@link storeSuite} needs. */
export interface StoreSuiteOptions {
  /** Registers a test. */
  readonly test: TestFunction;
  /** Makes a store that holds nothing; called once a test. The suite closes it. */
  create(): Promise<ObjectStore>;
  /**
   * Opens another store over the same data as one that `create` made, which may be open or closed. Needed when the
   * store is durable or shared.
   */
  reopen?(store: ObjectStore): Promise<ObjectStore>;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Bytes that look random and are the same every time. */
function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

const sameBytes = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one?.length === other.length && other.every((byte, at) => one[at] === byte);

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const found: Value[] = [];
  for await (const value of values) found.push(value);
  return found;
}

const keysOf = async (store: ObjectStore, prefix: string): Promise<string[]> =>
  (await all(store.list(prefix))).map(({ key }) => key);

/**
 * What every {@link ObjectStore} must do, as tests for any test runner. `supports` of the store decides what is asked
 * of it: nothing is asked that it does not claim.
 *
 * @example
 * ```ts
 * storeSuite({ test, create: async () => memoryStore() });
 * ```
 */
export function storeSuite(options: StoreSuiteOptions): void {
  const on = (name: string, run: (store: ObjectStore) => Promise<void>): void => {
    options.test(name, async () => {
      const store = await options.create();
      try {
        await run(store);
      } finally {
        await store.close();
      }
    });
  };
  values(on);
  logs(on);
  listing(on);
  leases(on);
  closing(on);
  const { reopen } = options;
  on('a store that claims to be durable or shared can be opened again', async ({ supports }) => {
    const mustReopen = supports.durable || supports.sharedAcrossProcesses;
    expectThat(!mustReopen || reopen !== undefined, 'the suite needs `reopen`');
  });
  if (reopen !== undefined) reopening(on, reopen);
}

type On = (name: string, run: (store: ObjectStore) => Promise<void>) => void;

function values(on: On): void {
  on('a key that holds nothing gives undefined', async (store) => {
    expectEqual(await store.get('cache/nothing.json'), undefined, 'get');
  });

  on('a value comes back as it was put, empty and binary ones too', async (store) => {
    const examples = [
      new Uint8Array(),
      text('{"a":1}'),
      Uint8Array.from({ length: 256 }, (_, at) => at),
      noise(70_001),
    ];
    for (const [index, value] of examples.entries()) {
      expectEqual(await store.put(`values/${index}`, value), true, `put ${index}`);
      const found = await store.get(`values/${index}`);
      expectThat(found instanceof Uint8Array && sameBytes(found, value), `value ${index} has changed`);
    }
  });

  on('16 MiB come back as they were put', async (store) => {
    const value = noise(16 * 1024 * 1024);
    await store.put('objects/large', value, { sync: true });
    expectThat(sameBytes(await store.get('objects/large'), value), 'the bytes have changed');
  });

  on('a view of a larger buffer is stored as the view', async (store) => {
    await store.put('view', new Uint8Array(text('0123456789').buffer, 3, 4));
    expectEqual(await store.get('view'), text('3456'), 'the value');
  });

  on('put replaces, and ifAbsent does not', async (store) => {
    await store.put('key', text('one'));
    expectEqual(await store.put('key', text('two')), true, 'put');
    expectEqual(
      await store.put('key', text('three'), { ifAbsent: true }),
      false,
      'put ifAbsent over a value',
    );
    expectEqual(
      await store.put('key', text('three'), { ifAbsent: true, sync: true }),
      false,
      'the same, synced',
    );
    expectEqual(await store.get('key'), text('two'), 'the value');
    expectEqual(
      await store.put('other', text('four'), { ifAbsent: true, sync: true }),
      true,
      'put ifAbsent over nothing',
    );
    expectEqual(await store.get('other'), text('four'), 'the other value');
  });

  on('delete removes, and removing nothing is no error', async (store) => {
    await store.put('folder/key', text('one'));
    await store.delete('folder/key');
    await store.delete('folder/key');
    await store.delete('folder');
    expectEqual(await store.get('folder/key'), undefined, 'get after delete');
    expectEqual(await keysOf(store, ''), [], 'list after delete');
    expectEqual(await store.put('folder/key', text('two'), { ifAbsent: true }), true, 'put after delete');
  });

  on("what the caller does with its buffer later changes nothing, and with get's neither", async (store) => {
    const value = text('value');
    const putting = store.put('key', value, { sync: true });
    value.fill(0);
    await putting;
    const record = text('record');
    const appending = store.append('log', record, { sync: true });
    record.fill(0);
    await appending;
    (await store.get('key'))?.fill(0);
    for await (const found of store.log('log')) found.fill(0);
    expectEqual(await store.get('key'), text('value'), 'the value');
    expectEqual(await all(store.log('log')), [text('record')], 'the log');
  });

  on('keys that differ only in case, or that some system does not like, are kept apart', async (store) => {
    const keys = [
      'A',
      'AB',
      'Ab',
      'CON',
      'NUL.json',
      'a',
      'aB',
      'ab',
      'aux',
      'c.',
      'c..',
      'com1.txt',
      'con',
      'd-_.x',
      '_',
    ];
    const longest = `${'Ab'.repeat(64)}/${'X'.repeat(128)}.json`;
    for (const key of [...keys, longest]) await store.put(key, text(key));
    for (const key of [...keys, longest]) expectEqual(await store.get(key), text(key), `the value of ${key}`);
    expectEqual(await keysOf(store, ''), [...keys, longest].toSorted(), 'the keys');
  });

  on('what is no key is refused by every operation', async (store) => {
    const wrong = [
      '',
      '.',
      '..',
      'a/..',
      '../a',
      '/a',
      'a/',
      'a//b',
      '.a',
      '-a',
      'a b',
      'a\\b',
      'a\0',
      'a\n',
      'ä',
      'a:b',
    ];
    for (const key of [
      ...wrong,
      'x'.repeat(141),
      'abcdefg/'.repeat(200) + 'a',
      undefined as unknown as string,
    ]) {
      const shown = JSON.stringify(key);
      await expectCode(store.get(key), 'invalid_id', `get ${shown}`);
      await expectCode(store.put(key, text('')), 'invalid_id', `put ${shown}`);
      await expectCode(store.append(key, text('')), 'invalid_id', `append ${shown}`);
      await expectCode(store.delete(key), 'invalid_id', `delete ${shown}`);
      await expectCode(all(store.log(key)), 'invalid_id', `log ${shown}`);
    }
    for (const prefix of ['/', '..', 'a//', '../', 'a/../b', '.a', '*']) {
      await expectCode(all(store.list(prefix)), 'invalid_id', `list ${prefix}`);
      await expectCode(store.acquire(prefix), 'invalid_id', `acquire ${prefix}`);
    }
    expectEqual(await keysOf(store, ''), [], 'the keys after all that');
  });

  on('what is no Uint8Array is refused', async (store) => {
    const wrong = 'text' as unknown as Uint8Array;
    await expectCode(store.put('key', wrong), 'invalid_argument', 'put');
    await expectCode(store.append('log', wrong), 'invalid_argument', 'append');
    expectEqual(await keysOf(store, ''), [], 'the keys');
  });

  on('of many puts with ifAbsent at one time, one wins', async (store) => {
    const tries = Array.from({ length: 30 }, (_, at) =>
      store.put('key', text(`value ${at}`), { ifAbsent: true }),
    );
    const won = (await Promise.all(tries)).flatMap((first, at) => (first ? [at] : []));
    expectEqual(won.length, 1, 'how many won');
    expectEqual(await store.get('key'), text(`value ${won[0]}`), 'the value');
  });

  on('a reader sees the old value or the new one, whole', async (store) => {
    const versions = Array.from({ length: 8 }, (_, at) => new Uint8Array(40_000 + at * 1000).fill(at));
    await store.put('key', versions[0] as Uint8Array);
    let isDone = false;
    const writing = Promise.all(
      Array.from({ length: 80 }, (_, at) => store.put('key', versions[at % 8] as Uint8Array)),
    ).finally(() => {
      isDone = true;
    });
    do {
      const found = await store.get('key');
      const version = found?.[0] ?? -1;
      expectThat(sameBytes(found, versions[version] as Uint8Array), `a part of value ${version} was seen`);
    } while (!isDone);
    await writing;
  });

  on('many values at one time do not get in each other’s way', async (store) => {
    const keys = Array.from({ length: 300 }, (_, at) => `many/${at % 7}/${at}`);
    await Promise.all(keys.map((key) => store.put(key, text(key))));
    const found = await Promise.all(keys.map((key) => store.get(key)));
    for (const [at, key] of keys.entries()) expectEqual(found[at], text(key), `the value of ${key}`);
    await Promise.all(
      keys.map((key) => (Number(key.slice(7)) % 2 === 0 ? store.delete(key) : store.put(key, text('')))),
    );
    expectEqual((await keysOf(store, 'many/')).length, 150, 'how many are left');
  });
}

function logs(on: On): void {
  on('a log gives its records in order, empty and binary ones too; no log gives none', async (store) => {
    const records = [
      text('one'),
      new Uint8Array(),
      noise(100_000),
      Uint8Array.from({ length: 256 }, (_, at) => at),
    ];
    expectEqual(await all(store.log('runs/r/journal')), [], 'no log');
    for (const record of records) await store.append('runs/r/journal', record, { sync: true });
    const found = await all(store.log('runs/r/journal'));
    expectEqual(found.length, records.length, 'how many records');
    for (const [at, record] of records.entries())
      expectThat(sameBytes(found[at], record), `record ${at} has changed`);
  });

  on('a record may hold the bytes of a log', async (store) => {
    await store.append('inner', text('a'));
    const inner = (await store.get('inner')) ?? new Uint8Array();
    await store.append('outer', inner);
    await store.append('outer', inner);
    expectEqual(await all(store.log('outer')), [inner, inner], 'the records');
  });

  on('appends at one time to one log are there in the order of the calls', async (store) => {
    const records = Array.from({ length: 200 }, (_, at) => text(`record ${at}`));
    await Promise.all(records.map((record, at) => store.append('log', record, { sync: at % 50 === 0 })));
    expectEqual(await all(store.log('log')), records, 'the records');
  });

  on('10,000 records come back', async (store) => {
    const appends: Promise<void>[] = [];
    for (let at = 0; at < 10_000; at += 1) appends.push(store.append('log', text(`{"record":${at}}`)));
    await Promise.all(appends);
    let next = 0;
    for await (const record of store.log('log')) {
      if (!sameBytes(record, text(`{"record":${next}}`)))
        expectEqual(record, text(`{"record":${next}}`), 'the record');
      next += 1;
    }
    expectEqual(next, 10_000, 'how many records');
  });

  on('a log can be removed and begun anew', async (store) => {
    await store.append('log', text('old'), { sync: true });
    await store.delete('log');
    expectEqual(await all(store.log('log')), [], 'the removed log');
    await store.append('log', text('new'), { sync: true });
    expectEqual(await all(store.log('log')), [text('new')], 'the new log');
  });

  on('a value that is no log is refused as one, and stays', async (store) => {
    await store.put('key', text('no log at all, but long enough to be one'));
    await expectCode(all(store.log('key')), 'journal_damaged', 'log');
    await expectCode(store.append('key', text('record')), 'journal_damaged', 'append');
    expectEqual(await store.get('key'), text('no log at all, but long enough to be one'), 'the value');
  });
}

function listing(on: On): void {
  on('list is ordered by key and goes by prefix, whole segments or not', async (store) => {
    const keys = [
      'a',
      'b.c',
      'b/c',
      'b/c-d',
      'b/c.d',
      'b0',
      'objects/ab1',
      'objects/ab2',
      'objects/ac',
      'objects/Ab',
      'runs/r/j',
    ];
    for (const key of keys.toReversed()) await store.put(key, text(key));
    expectEqual(await keysOf(store, ''), keys.toSorted(), 'all');
    for (const prefix of [
      'b',
      'b/',
      'b/c',
      'b/c.',
      'objects/',
      'objects/ab',
      'objects/ab1',
      'objects/x',
      'run',
      'runs/r',
      'z/y/',
    ]) {
      expectEqual(
        await keysOf(store, prefix),
        keys.filter((key) => key.startsWith(prefix)).toSorted(),
        `prefix '${prefix}'`,
      );
    }
  });

  on('list tells sizes and times, of logs too', async (store) => {
    await store.put('three', text('abc'));
    await store.append('tale', text('once'));
    const found = await all(store.list('t'));
    expectEqual(
      found.map(({ key }) => key),
      ['tale', 'three'],
      'the keys',
    );
    expectEqual(found[1]?.size, 3, 'the size of a value');
    expectThat((found[0]?.size ?? 0) >= 4, 'a log is no shorter than its records');
    for (const { key, modifiedAt } of found) {
      expectThat(modifiedAt instanceof Date && !Number.isNaN(modifiedAt.getTime()), `${key} has no time`);
    }
  });

  on('1,000 keys are listed, and listing may stop early or see changes', async (store) => {
    const keys = Array.from({ length: 1000 }, (_, at) => `many/${String(at).padStart(4, '0')}`);
    await Promise.all(keys.map((key) => store.put(key, text(''))));
    expectEqual(await keysOf(store, 'many/'), keys, 'the keys');
    for await (const { key } of store.list('many/')) {
      await store.delete(key);
      if (key === 'many/0499') break;
    }
    expectEqual(await keysOf(store, 'many/'), keys.slice(500), 'the keys that are left');
  });
}

function leases(on: On): void {
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
    for (const timeoutMs of [-1, Number.NaN, '5' as unknown as number]) {
      if (typeof timeoutMs === 'number') {
        await expectCode(store.acquire(task, { timeoutMs }), 'invalid_argument', `timeoutMs ${timeoutMs}`);
      }
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

function closing(on: On): void {
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

function reopening(on: On, reopen: (store: ObjectStore) => Promise<ObjectStore>): void {
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
      await lease.release();
      await (await other.acquire('runs/r/')).release();
    });
  });
}
