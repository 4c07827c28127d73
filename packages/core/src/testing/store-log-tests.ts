import { expectCode, expectEqual, expectThat } from './expectation.ts';
import { all, keysOf, noise, sameBytes, text, type OnStore } from './store-fixtures.ts';

/** Logs: append, log. */
export function logTests(on: OnStore): void {
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

  on('a record may take the place of the whole log', async (store) => {
    const lease = await store.acquire('runs/r/');
    await store.append('runs/r/journal', text('alone'), { replace: true, lease });
    for (const record of ['b', 'c']) await store.append('runs/r/journal', text(record), { lease });
    await store.append('runs/r/journal', text('short'), { replace: true, sync: true, lease });
    await store.append('runs/r/journal', text('after'), { lease });
    expectEqual(await all(store.log('runs/r/journal')), [text('short'), text('after')], 'the records');
    await lease.release();
    await expectCode(
      store.append('runs/r/journal', text('late'), { replace: true, lease }),
      'lease_lost',
      'replacing without the lease',
    );
    await store.put('value', text('v'));
    await expectCode(
      store.append('value', text('r'), { replace: true }),
      'journal_damaged',
      'replacing a value',
    );
    expectEqual((await all(store.log('runs/r/journal'))).length, 2, 'how many records');
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

/** list. */
export function listTests(on: OnStore): void {
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
