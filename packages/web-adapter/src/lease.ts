import {
  alreadyClosed,
  canceled,
  checkTimeout,
  isCairnError,
  leaseFolder,
  leaseLost,
  storageRefused,
  taskBound,
  type AcquireOptions,
  type Lease,
  type LeaseInfo,
} from '@cairn/core/store';
import { promisifyRequest } from 'idb-keyval';
import { tables, type Database } from './database.ts';

/** Who has the lease on a folder, or had it last. */
interface Holding {
  readonly generation: number;
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** The leases of one store: a Web Lock keeps others away, and a row in the database fences what comes too late. */
export interface Leases {
  acquire(prefix: string, options?: AcquireOptions): Promise<Lease>;
  info(prefix: string): Promise<LeaseInfo | undefined>;
  /**
   * Does a piece of work under a lease, which is not given back before it is done. The work calls `fence` within its
   * transaction.
   */
  under<Result>(
    lease: Lease | undefined,
    work: (fence: (transaction: IDBTransaction) => Promise<void>) => Promise<Result>,
  ): Promise<Result>;
  /** Gives up all of them, and whoever waits for one. */
  close(): void;
}

// A longer timer would fire at once.
const maxTimerMs = 2 ** 31 - 1;
/** The browser frees the locks of a closed or reloaded tab a moment later; a tab that lives says so at once. */
const closingMs = 2000;

/** What tabs say to each other of the lease on a folder. */
interface Word {
  readonly says: 'who holds it?' | 'I do';
  readonly folder: string;
}

export function createLeases(database: Database, name: string, now: () => number): Leases {
  const held = new Map<Lease, { readonly begun: Set<Promise<unknown>>; lose(why: string): void }>();
  const closing = new AbortController();
  const isHeld = (folder: string): boolean =>
    [...held.keys()].some((lease) => leaseFolder(lease.prefix) === folder);
  const channel = new BroadcastChannel(`cairn ${name}`);
  const say = (says: Word['says'], folder: string): void =>
    channel.postMessage({ says, folder } satisfies Word);
  channel.addEventListener('message', ({ data: { says, folder } }: MessageEvent<Word>) => {
    if (says !== 'who holds it?') return;
    if (isHeld(folder)) say('I do', folder);
  });
  const holder = `a tab at ${location.origin === 'null' ? location.protocol : location.href}`;

  const holdingOf = (transaction: IDBTransaction, folder: string): Promise<Holding | undefined> =>
    promisifyRequest<Holding | undefined>(transaction.objectStore(tables.leases).get(folder));

  const take = (folder: string): Promise<Holding> =>
    database.transaction({ operation: 'lock', key: folder })('readwrite', async ({ transaction }) => {
      const before = await holdingOf(transaction, folder);
      const holding: Holding = { generation: (before?.generation ?? 0) + 1, holder, since: now() };
      transaction.objectStore(tables.leases).put(holding, folder);
      return holding;
    });

  const lockName = (folder: string): string => `cairn ${name} ${folder}`;
  const lastHolding = (folder: string): Promise<Holding | undefined> =>
    database.transaction({ operation: 'lock', key: folder })('readonly', ({ transaction }) =>
      holdingOf(transaction, folder),
    );

  const bound = async (prefix: string, folder: string): Promise<Error> => {
    const holding = await lastHolding(folder);
    return taskBound(prefix, {
      name: holding?.holder ?? 'another tab',
      since: new Date(holding?.since ?? now()),
    });
  };

  /** Makes the lease on a folder whose lock has been granted; `freed` resolves when the lock is free again. */
  const hold = async (
    prefix: string,
    folder: string,
    freed: Promise<void>,
  ): Promise<{ readonly lease: Lease; readonly ended: Promise<void> }> => {
    const lost = new AbortController();
    const begun = new Set<Promise<unknown>>();
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { generation } = await take(folder);
    const lease: Lease = {
      prefix,
      generation,
      signal: lost.signal,
      async release() {
        if (held.delete(lease)) {
          await Promise.allSettled(begun);
          end();
        }
        await freed;
      },
    };
    held.set(lease, {
      begun,
      lose(why) {
        held.delete(lease);
        lost.abort(leaseLost(prefix, why));
        end();
      },
    });
    return { lease, ended };
  };

  const acquire = (
    prefix: string,
    { timeoutMs = 0, signal, force = false }: AcquireOptions = {},
  ): Promise<Lease> => {
    checkTimeout(timeoutMs);
    if (signal?.aborted === true)
      return Promise.reject(canceled(`Waiting for the lease on '${prefix}'`, signal.reason));
    const folder = leaseFolder(prefix);
    if (timeoutMs === 0 && !force && isHeld(folder))
      return bound(prefix, folder).then((error) => Promise.reject(error));
    const giveUp = new AbortController();
    const timer =
      timeoutMs === Infinity
        ? undefined
        : setTimeout(() => giveUp.abort(), Math.min(Math.max(timeoutMs, closingMs), maxTimerMs));
    const asking = new BroadcastChannel(`cairn ${name}`);
    if (timeoutMs === 0 && !force) {
      asking.addEventListener('message', ({ data }: MessageEvent<Word>) => {
        if (data.says === 'I do' && data.folder === folder) giveUp.abort();
      });
      asking.postMessage({ says: 'who holds it?', folder } satisfies Word);
    }
    const stop = (): void => giveUp.abort();
    for (const other of [closing.signal, signal]) other?.addEventListener('abort', stop, { once: true });
    const settled = (): void => {
      clearTimeout(timer);
      asking.close();
      for (const other of [closing.signal, signal]) other?.removeEventListener('abort', stop);
    };

    return new Promise<Lease>((resolve, reject) => {
      let mine: Lease | undefined;
      let free: () => void = () => undefined;
      const freed = new Promise<void>((done) => {
        free = done;
      });
      const givenUp = (): void => {
        settled();
        if (closing.signal.aborted) reject(alreadyClosed(`The store ${database.where}`));
        else if (signal?.aborted === true)
          reject(canceled(`Waiting for the lease on '${prefix}'`, signal.reason));
        else void bound(prefix, folder).then(reject, reject);
      };
      // Chromium forgets the signal of a page's first request while it looks whether the page may store at all, so
      // the request does not tell when waiting is over: it is granted in the end, and gives the lock back.
      giveUp.signal.addEventListener('abort', givenUp);
      navigator.locks
        .request(lockName(folder), force ? { steal: true } : { signal: giveUp.signal }, async () => {
          if (giveUp.signal.aborted) return;
          giveUp.signal.removeEventListener('abort', givenUp);
          settled();
          const { lease, ended } = await hold(prefix, folder, freed);
          if (closing.signal.aborted) {
            // It was closed meanwhile, and knew nothing of this one: nobody would ever give it back.
            held.delete(lease);
            throw alreadyClosed(`The store ${database.where}`);
          }
          mine = lease;
          resolve(lease);
          await ended;
        })
        .catch((error: unknown) => {
          if (giveUp.signal.aborted) return;
          settled();
          // Once it is held, only one thing makes the request fail: somebody stole the lock.
          if (mine !== undefined) held.get(mine)?.lose('another tab has taken it over');
          else if (isCairnError(error)) reject(error);
          else
            reject(storageRefused(database.where, `the browser grants no locks (${String(error)})`, error));
        })
        .finally(free);
    });
  };

  return {
    acquire,
    async info(prefix) {
      const folder = leaseFolder(prefix);
      const [holding, { held: locks = [] }] = await Promise.all([
        lastHolding(folder),
        navigator.locks.query(),
      ]);
      if (holding === undefined || !locks.some((lock) => lock.name === lockName(folder))) return undefined;
      const { holder: name, since, generation } = holding;
      return { name, since: new Date(since), generation, state: 'live' };
    },
    async under(lease, work) {
      if (lease === undefined) return work(() => Promise.resolve());
      const holding = held.get(lease);
      if (holding === undefined) throw leaseLost(lease.prefix, 'it was given back');
      const working = work(async (transaction) => {
        const { generation } = (await holdingOf(transaction, leaseFolder(lease.prefix))) ?? {};
        if (generation === lease.generation) return;
        holding.lose('another tab has taken it over');
        throw leaseLost(lease.prefix, 'another tab has taken it over');
      });
      holding.begun.add(working);
      try {
        return await working;
      } finally {
        holding.begun.delete(working);
      }
    },
    close() {
      closing.abort();
      channel.close();
      for (const { lose } of held.values()) lose('its store was closed');
    },
  };
}
