import type { ObjectStore } from '@cairn/core';
import { createFsStore } from './fs-object-store.ts';
import { leaseTimes } from './lease-times.ts';

/** Options of {@link fsStore}. */
export interface FsStoreOptions {
  /** The store's folder; made with the first write. */
  readonly root: string;
  /** Tells the time, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/**
 * A store in a folder: a file a key, at the key's path (see ARCHITECTURE.md for the few names that are escaped, and for
 * where the keys of a leased prefix stand).
 *
 * Values are written aside in `.tmp` and renamed or, with `ifAbsent`, linked into place; `sync` flushes the file and
 * its folders. The first `acquire` removes what killed processes left in `.tmp` more than a day ago.
 *
 * A holder of a lease that has died on this host is found dead at once. One that cannot be asked, on another host or in
 * another container, counts as dead after 60 s without a sign of life; it gives one every 5 s, whatever its main thread
 * does. Whoever takes over a lease, by force or not, finds all that was acknowledged and nothing that was refused.
 *
 * The file system must know hard links, and append atomically: any local one does. Several processes may use one folder
 * at the same time.
 */
export function fsStore(options: FsStoreOptions): ObjectStore {
  return createFsStore(options, { times: leaseTimes });
}
