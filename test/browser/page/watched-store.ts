import type { ObjectStore } from '@cairn/core';
import type { HashedObjects } from '@cairn/core/store';

/** Tells of each write of a store, and stops for ever before or after one of them: there the page is killed. */
export function watchedStore(
  store: ObjectStore,
  stop: { readonly at: number; readonly when: 'before' | 'after' } | undefined,
  tell: (text: string) => void,
): ObjectStore {
  let writes = 0;
  const watch = async <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
    const number = ++writes;
    const stops = async (when: 'before' | 'after'): Promise<void> => {
      if (stop?.at !== number || stop.when !== when) return;
      tell(`stopped ${what}`);
      await new Promise(() => undefined);
    };
    await stops('before');
    const result = await work();
    await stops('after');
    return result;
  };
  const { objects } = store;
  const put: HashedObjects['put'] = (bytes, options) => {
    let know: (hash: Promise<string> | undefined) => void = () => undefined;
    const sha256 = new Promise<string>((resolve) => {
      know = (hash) => hash && resolve(hash);
    });
    const stored = watch('put objects/', async () => {
      const begun = objects?.put(bytes, options);
      know(begun?.sha256);
      return (await begun?.stored) ?? false;
    });
    return { sha256, stored };
  };
  return {
    name: store.name,
    supports: store.supports,
    ...(objects ? { objects: { ...objects, put } } : {}),
    get: (key) => store.get(key),
    put: (key, value, options) => watch(`put ${key}`, () => store.put(key, value, options)),
    append: (key, record, options) => watch(`append ${key}`, () => store.append(key, record, options)),
    log: (key) => store.log(key),
    delete: (key, options) => watch(`delete ${key}`, () => store.delete(key, options)),
    touch: (key) => watch(`touch ${key}`, () => store.touch(key)),
    list: (prefix) => store.list(prefix),
    acquire: (prefix, options) => store.acquire(prefix, options),
    leaseInfo: (prefix) => store.leaseInfo(prefix),
    close: async () => {
      tell(`writes ${writes}`);
      await store.close();
    },
  };
}
