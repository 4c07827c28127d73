import type { ObjectStore, StoredObject } from '../store/object-store.ts';
import { expectCode, expectEqual, expectThat } from './expectation.ts';
import { all, noise, sameBytes, text, type OnStore } from './store-fixtures.ts';

const objectAt = async (store: ObjectStore, key: string): Promise<StoredObject> => {
  const found = (await all(store.list(key))).find((object) => object.key === key);
  if (found === undefined) throw new Error(`nothing is at ${key}`);
  return found;
};
const timeOf = async (store: ObjectStore, key: string): Promise<number> =>
  (await objectAt(store, key)).modifiedAt.getTime();
/** Times are told in milliseconds, and some systems tell them ten milliseconds late. */
const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** When values were modified, and to delete by that: what a collector rests on. */
export function touchTests(on: OnStore): void {
  on('touch makes the time of a value now, and changes nothing else', async (store) => {
    const values = { 'objects/small': text('small'), 'objects/large': noise(200_000) };
    for (const [key, value] of Object.entries(values)) {
      await store.put(key, value);
      const before = await objectAt(store, key);
      await moment();
      expectEqual(await store.touch(key), true, `touch ${key}`);
      const after = await objectAt(store, key);
      expectThat(after.modifiedAt > before.modifiedAt, `${key} looks as old as before`);
      expectEqual(after.size, before.size, `the size of ${key}`);
      expectThat(sameBytes(await store.get(key), value), `${key} has changed`);
    }
    expectEqual(await store.touch('objects/none'), false, 'touch of nothing');
    expectEqual(await store.get('objects/none'), undefined, 'what touch made of nothing');
    await expectCode(store.touch('../a'), 'invalid_id', 'touch of no key');
  });

  on('a log can be touched, and goes on', async (store) => {
    await store.append('log', text('a'));
    const before = await timeOf(store, 'log');
    await moment();
    expectEqual(await store.touch('log'), true, 'touch');
    const touched = await timeOf(store, 'log');
    expectThat(touched > before, 'it looks as old as before');
    await moment();
    await store.append('log', text('b'));
    expectThat((await timeOf(store, 'log')) > touched, 'it looks as old as when it was touched');
    expectEqual(await all(store.log('log')), [text('a'), text('b')], 'its records');
  });

  on('put with ifAbsent of what is there makes its time now', async (store) => {
    await store.put('objects/part', noise(100_000));
    const before = await timeOf(store, 'objects/part');
    for (const sync of [false, true]) {
      await moment();
      const put = store.put('objects/part', noise(100_000), { ifAbsent: true, sync });
      expectEqual(await put, false, 'put');
      expectThat((await timeOf(store, 'objects/part')) > before, `sync ${String(sync)}: it looks as old`);
    }
  });

  on('a value that was put again is as old as that, however it was touched before', async (store) => {
    await store.put('objects/part', text('a'));
    await store.touch('objects/part');
    const touched = await timeOf(store, 'objects/part');
    await moment();
    await store.put('objects/part', text('b'));
    expectThat((await timeOf(store, 'objects/part')) > touched, 'put');
    await store.delete('objects/part');
    await moment();
    await store.put('objects/part', text('c'));
    expectThat((await timeOf(store, 'objects/part')) > touched, 'put after delete');
  });

  on('delete by time removes what is as it was, and nothing else', async (store) => {
    await store.put('objects/part', noise(100_000));
    const { modifiedAt } = await objectAt(store, 'objects/part');
    await moment();
    await store.touch('objects/part');
    expectEqual(await store.delete('objects/part', { modifiedAt }), false, 'after touch');
    expectThat(sameBytes(await store.get('objects/part'), noise(100_000)), 'it has changed');
    const again = await objectAt(store, 'objects/part');
    await moment();
    await store.put('objects/part', noise(100_000), { ifAbsent: true });
    expectEqual(await store.delete('objects/part', { modifiedAt: again.modifiedAt }), false, 'after put');
    const last = await objectAt(store, 'objects/part');
    expectEqual(await store.delete('objects/part', { modifiedAt: last.modifiedAt }), true, 'as it was');
    expectEqual(await store.get('objects/part'), undefined, 'the value');
    expectEqual(await all(store.list('')), [], 'the keys');
    expectEqual(await store.delete('objects/part', { modifiedAt: last.modifiedAt }), true, 'of nothing');
  });

  on('of a touch and a delete by time at one moment, one finds out about the other', async (store) => {
    const value = noise(1000);
    for (let round = 0; round < 25; round += 1) {
      const key = `objects/${round}`;
      await store.put(key, value);
      const { modifiedAt } = await objectAt(store, key);
      await moment();
      const touching = store.touch(key);
      const [isThere, isGone] = await Promise.all([touching, store.delete(key, { modifiedAt })]);
      const found = await store.get(key);
      expectEqual(found !== undefined, !isGone, `round ${round}: whether it is there`);
      expectEqual(isThere && isGone, false, `round ${round}: touched and removed`);
    }
  });
}
