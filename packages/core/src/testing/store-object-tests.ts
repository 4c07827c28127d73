import { objectKey } from '../store/keys.ts';
import type { HashedObjects, ObjectStore } from '../store/object-store.ts';
import { expectCode, expectEqual, expectThat } from './expectation.ts';
import { all, noise, sameBytes, text, type OnStore } from './store-fixtures.ts';

/** Numbers of eight bytes, as columns have them: they can be packed. */
function numbers(count: number): Uint8Array {
  return new Uint8Array(BigInt64Array.from({ length: count }, (_, at) => BigInt(at * 7)).buffer);
}

/** What a packed object begins with, which an object may begin with as well. */
const likePacked = Uint8Array.of(0xc4, 0x1a, 0x72, 0x03, ...noise(40));

/** Objects of every kind that a store may treat differently, fresh ones each time: they are given away. */
const examples = (): Record<string, Uint8Array> => ({
  empty: new Uint8Array(),
  small: text('{"a":1}'),
  'like packed': likePacked.slice(),
  'numbers, 24 KB': numbers(3000),
  'noise, 24 KB': noise(24_000),
  'numbers, 2 MB': numbers(250_000),
  'noise, 2 MB': noise(2_000_000),
  'a view': numbers(100_000).subarray(4003, 500_003),
});

/** Objects of a store that hashes them itself; nothing is asked of one that does not. */
export function objectTests(onAny: OnStore): void {
  const on = (name: string, run: (objects: HashedObjects, store: ObjectStore) => Promise<void>): void =>
    onAny(name, async (store) => {
      if (store.objects) await run(store.objects, store);
    });

  onAny('what is put below objects/ comes back as it was put', async (store) => {
    for (const [name, bytes] of Object.entries(examples())) {
      await store.put('objects/x', bytes, { sync: true });
      expectThat(sameBytes(await store.get('objects/x'), bytes), `${name} has changed`);
    }
  });

  on('an object is stored under its hash, for get and for objects.get', async (objects, store) => {
    for (const [name, bytes] of Object.entries(examples())) {
      const copy = bytes.slice();
      const { sha256, stored } = objects.put(bytes, { sync: true });
      const hash = await sha256;
      expectEqual(await stored, true, `${name}: whether it is new`);
      const found = await objects.get(hash);
      expectEqual(found?.sha256, hash, `${name}: its hash`);
      expectThat(sameBytes(found?.bytes, copy), `${name} has changed`);
      expectThat(sameBytes(await store.get(objectKey(hash)), copy), `${name} has changed for get`);
      expectEqual(await objects.lengthOf(hash), copy.length, `${name}: its length`);
    }
    expectEqual(await objects.put(new Uint8Array()).sha256, emptyHash, 'the hash of nothing');
  });

  on('what was put by its key is there by its hash', async (objects, store) => {
    const bytes = numbers(100_000);
    const { sha256 } = objects.put(bytes.slice());
    const hash = await sha256;
    await store.delete(objectKey(hash));
    await store.put(objectKey(hash), bytes);
    expectThat(sameBytes((await objects.get(hash))?.bytes, bytes), 'the bytes have changed');
    expectEqual(await objects.put(bytes.slice()).stored, false, 'put of what is there');
  });

  on('an object that is there stays, looks new, and is replaced when asked for', async (objects, store) => {
    const bytes = numbers(100_000);
    const hash = await objects.put(bytes.slice()).sha256;
    const key = objectKey(hash);
    const at = async (): Promise<number> => (await all(store.list(key)))[0]?.modifiedAt.getTime() ?? 0;
    await store.put(key, text('damaged'));
    const before = await at();
    while (Date.now() <= before);
    expectEqual(await objects.put(bytes.slice(), { sync: true }).stored, false, 'put of what is there');
    expectThat((await at()) > before, 'it looks as old');
    expectEqual(await store.get(key), text('damaged'), 'what is there');
    expectThat((await objects.get(hash))?.sha256 !== hash, 'a damaged object has its hash');
    expectEqual(await objects.put(bytes.slice(), { overwrite: true }).stored, true, 'put that overwrites');
    expectThat(sameBytes((await objects.get(hash))?.bytes, bytes), 'it was not replaced');
  });

  on('memory is released once, and then may hold other things', async (objects) => {
    for (const bytes of Object.values(examples())) {
      const copy = bytes.slice();
      let released = 0;
      const { sha256, stored } = objects.put(bytes, {
        release() {
          released += 1;
          // What has gone to another thread has no bytes here any more.
          if (bytes.length > 0) bytes.fill(0);
        },
      });
      await stored;
      expectEqual(released, 1, 'how often it was released');
      expectThat(sameBytes((await objects.get(await sha256))?.bytes, copy), 'the bytes have changed');
    }
  });

  on('memory that threads share is taken too', async (objects) => {
    if (typeof SharedArrayBuffer === 'undefined') return;
    for (const bytes of Object.values(examples())) {
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
      shared.set(bytes);
      const { sha256, stored } = objects.put(shared, { release: () => shared.fill(0) });
      await stored;
      expectThat(sameBytes((await objects.get(await sha256))?.bytes, bytes), 'the bytes have changed');
    }
  });

  on('many objects at one time do not get in each other’s way', async (objects) => {
    const made = Array.from({ length: 24 }, (_, at) =>
      at % 3 === 0 ? noise(300_000, at) : numbers(40_000 + at),
    );
    const hashes = await Promise.all(
      made.map(async (bytes) => {
        const { sha256, stored } = objects.put(bytes.slice());
        await stored;
        return sha256;
      }),
    );
    const found = await Promise.all(hashes.map((hash) => objects.get(hash)));
    for (const [at, bytes] of made.entries())
      expectThat(sameBytes(found[at]?.bytes, bytes), `object ${at} has changed`);
  });

  on(
    'there is nothing where nothing was put, and what is no hash or no bytes is refused',
    async (objects, store) => {
      const nothing = '0'.repeat(64);
      expectEqual(await objects.get(nothing), undefined, 'get');
      expectEqual(await objects.lengthOf(nothing), undefined, 'lengthOf');
      await expectCode(objects.get('../x'), 'invalid_id', 'get');
      await expectCode(objects.lengthOf('../x'), 'invalid_id', 'lengthOf');
      const wrong = async (): Promise<unknown> => objects.put('text' as unknown as Uint8Array).stored;
      await expectCode(wrong(), 'invalid_argument', 'put');
      await store.close();
      await expectCode(objects.get(nothing), 'already_closed', 'get');
      await expectCode(objects.lengthOf(nothing), 'already_closed', 'lengthOf');
      const late = async (): Promise<unknown> => objects.put(text('late')).stored;
      await expectCode(late(), 'already_closed', 'put');
    },
  );
}

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
