import { isCairnError, quotaExceeded, storageRefused, storeFailed } from '@cairn/core/store';
import type { UseStore } from 'idb-keyval';

/** What a transaction is for, as its error tells. */
interface Purpose {
  /** A verb: `write`, `read`. */
  readonly operation: string;
  readonly key: string;
  /** Resolve only when the bytes are on the disk. @default false */
  readonly sync?: boolean;
}

/** A database of one origin, opened at the first use and again when the browser has closed it. */
export interface Database {
  /** How it is called in messages. */
  readonly where: string;
  /**
   * Transactions over all tables of the database, in the form that idb-keyval takes: the callback gets the table of
   * entries, and finds the others in its transaction. What it throws undoes everything.
   *
   * @throws CairnError `quota_exceeded`, `storage_refused`, `store_failed`
   */
  transaction(purpose: Purpose): UseStore;
  close(): void;
}

/**
 * One for values and for what is known of logs, one for the records of logs, one for who holds what, and one for when
 * values were touched: to write a large value again for that would copy it.
 */
export const tables = {
  entries: 'entries',
  records: 'records',
  leases: 'leases',
  touched: 'touched',
} as const;

/** Of the tables that there are. */
const schemaVersion = 2;

export function openDatabase(name: string): Database {
  const where = `the IndexedDB database '${name}'`;
  let opened: Promise<IDBDatabase> | undefined;

  const open = (): Promise<IDBDatabase> => {
    const opening = new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name, schemaVersion);
      request.addEventListener('upgradeneeded', () => {
        const there = request.result.objectStoreNames;
        for (const table of Object.values(tables))
          if (!there.contains(table)) request.result.createObjectStore(table);
      });
      request.addEventListener('error', () => reject(request.error ?? new Error('it could not be opened')));
      request.addEventListener('success', () => {
        const database = request.result;
        const forget = (): void => {
          if (opened === opening) opened = undefined;
        };
        database.addEventListener('close', forget);
        // Another tab wants to delete it or to change its version, and would wait for this one for ever.
        database.addEventListener('versionchange', () => {
          forget();
          database.close();
        });
        resolve(database);
      });
    });
    return opening;
  };
  const ready = (): Promise<IDBDatabase> => {
    if (opened !== undefined) return opened;
    const opening = Promise.resolve()
      .then(open)
      .catch((error: unknown) => {
        opened = undefined;
        throw storageRefused(where, refusal(error), error);
      });
    opened = opening;
    return opening;
  };

  return {
    where,
    transaction:
      ({ operation, key, sync = false }) =>
      async (mode, callback) => {
        try {
          return await transact(await ready(), mode, sync, callback);
        } catch (error) {
          if (isCairnError(error)) throw error;
          if (nameOf(error) === 'QuotaExceededError')
            throw quotaExceeded(key, where, await estimate(), error);
          throw storeFailed(operation, key, where, error);
        }
      },
    close() {
      void opened?.then(
        (database) => database.close(),
        () => undefined,
      );
      opened = undefined;
    },
  };
}

/**
 * A request that fails aborts its transaction, which then says why; and a transaction that was left by an exception
 * would commit what was put before. So: whatever is thrown aborts, and only `complete` is success.
 */
async function transact<Result>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  sync: boolean,
  callback: (entries: IDBObjectStore) => Result | PromiseLike<Result>,
): Promise<Result> {
  const transaction = database.transaction(Object.values(tables), mode, {
    durability: sync ? 'strict' : 'relaxed',
  });
  const ended = new Promise<void>((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () =>
      reject(transaction.error ?? new DOMException('the transaction was aborted', 'AbortError')),
    );
  });
  let result: Result;
  try {
    result = await callback(transaction.objectStore(tables.entries));
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    await ended.catch((reason: unknown) => {
      // Of a failed request and its transaction, the transaction knows the reason.
      if (transaction.error !== null) throw reason;
    });
    throw error;
  }
  await ended;
  return result;
}

function nameOf(error: unknown): string | undefined {
  return (error as { readonly name?: string } | null)?.name;
}

/** Why a browser gives no storage, by the name of its error. */
function refusal(error: unknown): string {
  const message = error instanceof Error || error instanceof DOMException ? error.message : String(error);
  const isForbidden = ['SecurityError', 'InvalidStateError', 'NotAllowedError', 'ReferenceError'];
  return isForbidden.includes(nameOf(error) ?? '')
    ? `the browser allows this page no storage, as in a sandboxed frame or with cookies blocked (${message})`
    : message;
}

/** What the browser says of the origin's storage, in bytes; nothing where it does not say. */
export async function estimate(): Promise<StorageEstimate> {
  try {
    return await navigator.storage.estimate();
  } catch {
    return {};
  }
}
