import { memoryStore, type ObjectStore } from '@cairn/core';
import { lastingStore } from './fixtures.js';

/** One operation that writes, as it was asked for: of an append what its record says. */
export interface Written {
  readonly operation: 'put' | 'append';
  readonly key: string;
  /** Of an append: the type of its record, and of a stage's the move too. */
  readonly type: string;
  readonly step: string;
  readonly size: number;
}

/** A store that tells what is written once it was, and does nothing of it before `before` has resolved. */
export function watchedStore(
  before: (write: Written, nth: number) => Promise<void> | void = () => undefined,
  base: ObjectStore = memoryStore(),
): { readonly store: ObjectStore; readonly done: Written[] } {
  const store = lastingStore(base);
  const done: Written[] = [];
  let parts = 0;
  const write = async <Value>(one: Written, work: () => Promise<Value>): Promise<Value> => {
    if (one.key.startsWith('objects/')) parts += 1;
    await before(one, parts);
    const value = await work();
    done.push(one);
    return value;
  };
  return {
    done,
    store: {
      ...store,
      put: (key, value, options) =>
        write({ operation: 'put', key, type: '', step: '', size: value.length }, () =>
          store.put(key, value, options),
        ),
      append(key, record, options) {
        const { type, event, step } = JSON.parse(new TextDecoder().decode(record)) as Record<string, string>;
        const what = type === 'stage' ? `${type} ${event ?? ''}` : (type ?? '');
        return write({ operation: 'append', key, type: what, step: step ?? '', size: record.length }, () =>
          store.append(key, record, options),
        );
      },
    },
  };
}

/** Something to wait for until it is opened. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
