import { createHash } from 'node:crypto';
import type { Lease, ObjectStore } from '@cairn/core';
import { objectKey, type HashedObjects } from '@cairn/core/store';

/** When a process dies: before its operation `at` is done, in the middle of it, or when it is done and nobody was told. */
export interface Death {
  readonly at: number;
  readonly when: 'before' | 'during' | 'after';
}

/** A store of a process that dies. */
export interface MortalStore {
  readonly store: ObjectStore;
  /** How many operations were asked for. */
  readonly operations: readonly string[];
  /** Resolves when it is dead: nothing that is asked for is done any more, or answered. */
  readonly dead: Promise<void>;
}

/**
 * Counts the operations of a store, from 1, and dies at one of them.
 */
export function mortalStore(
  store: ObjectStore,
  death: Death | undefined,
  {
    tear,
    kill,
  }: {
    /** Does half of a write, where the death comes in the middle of one and the process lives on. */
    readonly tear: (operation: 'put' | 'append', key: string, bytes: Uint8Array) => Promise<void>;
    /** Really ends the process. */
    readonly kill: (() => void) | undefined;
  },
): MortalStore {
  const operations: string[] = [];
  let die: () => void = () => undefined;
  let isDead = false;
  const dead = new Promise<void>((resolve) => {
    die = () => {
      isDead = true;
      resolve();
    };
  });
  const never = new Promise<never>(() => undefined);

  const watch = async <Value>(
    name: string,
    work: () => Promise<Value>,
    half?: () => Promise<void>,
  ): Promise<Value> => {
    if (isDead) return never;
    operations.push(name);
    if (operations.length !== death?.at) {
      const value = await work();
      return isDead ? never : value;
    }
    if (death.when === 'during' && kill !== undefined) {
      // Wherever it is when the event loop has come round.
      void work().catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
    } else if (death.when === 'during' && half !== undefined) await half();
    if (death.when === 'after') await work().catch(() => undefined);
    kill?.();
    die();
    return never;
  };
  async function* whole<Value>(name: string, values: () => AsyncIterable<Value>): AsyncGenerator<Value> {
    yield* await watch(name, async () => {
      const found: Value[] = [];
      for await (const value of values()) found.push(value);
      return found;
    });
  }
  // A store knows its leases by themselves, and theirs are wrapped to see them given back.
  const leases = new Map<Lease, Lease>();
  const under = <Options extends { readonly lease?: Lease }>(
    options: Options | undefined,
  ): Options | undefined =>
    options?.lease === undefined
      ? options
      : { ...options, lease: leases.get(options.lease) ?? options.lease };

  const watchObjects = (objects: HashedObjects): HashedObjects => ({
    put(bytes, options) {
      const key = objectKey(createHash('sha256').update(bytes).digest('hex'));
      let know: (hash: Promise<string>) => void = () => undefined;
      const sha256 = new Promise<string>((resolve) => {
        know = resolve;
      });
      const stored = watch(
        `put ${key}`,
        () => {
          const put = objects.put(bytes, options);
          know(put.sha256);
          return put.stored;
        },
        () => tear('put', key, bytes),
      );
      return { sha256, stored };
    },
    get: (sha256) => watch(`get ${objectKey(sha256)}`, () => objects.get(sha256)),
    lengthOf: (sha256) => watch(`length ${objectKey(sha256)}`, () => objects.lengthOf(sha256)),
  });

  return {
    operations,
    dead,
    store: {
      name: store.name,
      supports: store.supports,
      ...(store.objects ? { objects: watchObjects(store.objects) } : {}),
      get: (key) => watch(`get ${key}`, () => store.get(key)),
      put: (key, value, options) =>
        watch(
          `put ${key}`,
          () => store.put(key, value, under(options)),
          () => tear('put', key, value),
        ),
      append: (key, record, options) =>
        watch(
          `append ${key}`,
          () => store.append(key, record, under(options)),
          () => tear('append', key, record),
        ),
      log: (key) => whole(`log ${key}`, () => store.log(key)),
      delete: (key, options) => watch(`delete ${key}`, () => store.delete(key, under(options))),
      touch: (key) => watch(`touch ${key}`, () => store.touch(key)),
      list: (prefix) => whole(`list ${prefix}`, () => store.list(prefix)),
      acquire: (prefix, options) =>
        watch(`acquire ${prefix}`, async () => {
          // Whoever died may have done so in this process, which lives: nobody could find it dead.
          const lease = await store.acquire(prefix, { ...options, force: true });
          const wrapped = { ...lease, release: () => watch(`release ${prefix}`, () => lease.release()) };
          leases.set(wrapped, lease);
          return wrapped;
        }),
      leaseInfo: (prefix) => watch(`leaseInfo ${prefix}`, () => store.leaseInfo(prefix)),
      close: () => (isDead ? never : store.close()),
    },
  };
}
