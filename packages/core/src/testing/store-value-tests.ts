import { expectCode, expectEqual, expectThat } from './expectation.ts';
import { all, keysOf, noise, sameBytes, text, type OnStore } from './store-fixtures.ts';

/** Bytes of which `slice` copies nothing, as that of Node's `Buffer`. */
class SharingBytes extends Uint8Array {
  override slice(begin?: number, end?: number): Uint8Array<ArrayBuffer> {
    return this.subarray(begin, end);
  }
}

/** Values and keys: get, put, delete. */
export function valueTests(on: OnStore): void {
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

  on('what was borrowed is the value, whatever its buffer holds once it is put', async (store) => {
    const bytes = text('0123456789');
    await store.put('borrowed', bytes, { borrow: true, sync: true });
    bytes.fill(0);
    expectEqual(await store.get('borrowed'), text('0123456789'), 'the value');
  });

  on("what the caller does with its buffer later changes nothing, and with get's neither", async (store) => {
    const value = new SharingBytes(text('value'));
    const putting = store.put('key', value, { sync: true });
    value.fill(0);
    await putting;
    const record = new SharingBytes(text('record'));
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
    const writers = { areDone: false };
    const writing = Promise.all(
      Array.from({ length: 80 }, (_, at) => store.put('key', versions[at % 8] as Uint8Array)),
    ).finally(() => {
      writers.areDone = true;
    });
    do {
      const found = await store.get('key');
      const version = found?.[0] ?? -1;
      expectThat(sameBytes(found, versions[version] as Uint8Array), `a part of value ${version} was seen`);
    } while (!writers.areDone);
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
