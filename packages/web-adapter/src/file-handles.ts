import { CairnError } from '@cairn/core';
import { fileNotFound, invalidArgument, permissionNeeded } from '@cairn/core/plugin';
import { storageRefused, storeFailed } from '@cairn/core/store';
import { createStore, del, get, keys, set, type UseStore } from 'idb-keyval';

/** What may be done with a handle's file. */
export type HandleMode = 'read' | 'readwrite';

/** A handle that is looked up when it is needed. Connectors take it as `file` and as `handle`. */
export interface KeptHandle {
  readonly kind: 'kept';
  readonly name: string;
  /** @throws CairnError `file_not_found` when none is kept under the name, `store_failed` */
  get(): Promise<FileSystemFileHandle>;
}

/** Handles of files by name, kept in IndexedDB, so that a page has them again after a reload. */
export interface FileHandles {
  /**
   * Keeps a handle; replaces one of that name.
   *
   * @throws CairnError `invalid_argument`, `store_failed`
   */
  keep(name: string, handle: FileSystemFileHandle): Promise<KeptHandle>;
  /** The handle that is kept under the name when it is used, so that a pipeline can be defined before a file was chosen. */
  handle(name: string): KeptHandle;
  /** The names, sorted. @throws CairnError `store_failed` */
  names(): Promise<readonly string[]>;
  /** Forgets a handle, if there is one; its file stays. @throws CairnError `store_failed` */
  forget(name: string): Promise<void>;
}

/** Options of {@link fileHandles}. */
export interface FileHandlesOptions {
  /** The name of the runner's database; the handles are in one beside it, `<name>-files`. @default 'cairn' */
  readonly database?: string;
}

/** A handle in a browser that has permissions for them. */
interface AskingHandle {
  queryPermission?(options: { readonly mode: HandleMode }): Promise<PermissionState>;
  requestPermission?(options: { readonly mode: HandleMode }): Promise<PermissionState>;
}

/**
 * The handles of files that a page keeps across reloads. Whether it may still use them is another question: see {@link askPermission}.
 *
 * @example
 * const kept = fileHandles();
 * const [handle] = await showOpenFilePicker();
 * const orders = source('orders', fromCsv({ file: await kept.keep('orders', handle) }));
 * // After a reload: fromCsv({ file: kept.handle('orders') })
 */
export function fileHandles({ database = 'cairn' }: FileHandlesOptions = {}): FileHandles {
  const where = `the IndexedDB database '${database}-files'`;
  let store: UseStore | undefined;
  const use = async <Value>(
    operation: string,
    name: string,
    work: (store: UseStore) => Promise<Value>,
  ): Promise<Value> => {
    try {
      store ??= createStore(`${database}-files`, 'handles');
    } catch (error) {
      throw storageRefused(where, String(error), error);
    }
    try {
      return await work(store);
    } catch (error) {
      throw error instanceof CairnError ? error : storeFailed(operation, name, where, error);
    }
  };
  const handle = (name: string): KeptHandle => {
    checkName(name);
    return Object.freeze<KeptHandle>({
      kind: 'kept',
      name,
      get: () =>
        use('read', name, async (store) => {
          const found = await get<FileSystemFileHandle>(name, store);
          if (found === undefined) throw fileNotFound(name, new Error('no handle is kept under this name'));
          return found;
        }),
    });
  };
  return {
    keep: async (name, given) => {
      const kept = handle(name);
      if (!(given instanceof FileSystemFileHandle)) {
        throw invalidArgument('fileHandles', 'it keeps a FileSystemFileHandle, and was given something else');
      }
      await use('write', name, (store) => set(name, given, store));
      return kept;
    },
    handle,
    names: () => use('list', '', async (store) => (await keys<string>(store)).toSorted()),
    forget: (name) => use('delete', name, (store) => del(name, store)),
  };
}

function checkName(name: unknown): void {
  if (typeof name !== 'string' || name === '') {
    throw invalidArgument('fileHandles', 'a handle is kept under a name of at least one character');
  }
}

/**
 * Asks the user whether the page may use a file; does nothing where it may. To be called when the user clicks or presses a key, for
 * a browser asks at no other time.
 *
 * @param mode What for. @default 'read'
 * @throws CairnError `permission_needed` when the user says no, or was not asked; `file_not_found`
 */
export async function askPermission(
  handle: KeptHandle | FileSystemFileHandle,
  mode: HandleMode = 'read',
): Promise<void> {
  const found = ('get' in handle ? await handle.get() : handle) as AskingHandle;
  if (((await found.queryPermission?.({ mode })) ?? 'granted') === 'granted') return;
  let state: PermissionState | undefined;
  try {
    state = await found.requestPermission?.({ mode });
  } catch (error) {
    throw permissionNeeded(handle.name, mode, 'prompt', error);
  }
  if (state !== 'granted') throw permissionNeeded(handle.name, mode, state ?? 'prompt');
}

/**
 * The handles of the files that a user dropped. To be called in the `drop` event itself: what was dropped is gone when it is over.
 * Folders are left out; so is everything where a browser gives no handles, whose `dataTransfer.files` are `File`s.
 *
 * @example
 * area.addEventListener('drop', async (event) => {
 *   event.preventDefault();
 *   for (const handle of await droppedHandles(event.dataTransfer)) await kept.keep(handle.name, handle);
 * });
 */
export async function droppedHandles(
  dropped: Pick<DataTransfer, 'items'> | null,
): Promise<FileSystemFileHandle[]> {
  // All are asked for before the first answer is waited for.
  const asked = [...(dropped?.items ?? [])].map(async (item) =>
    item.kind === 'file'
      ? (item as { getAsFileSystemHandle?(): Promise<FileSystemHandle | null> }).getAsFileSystemHandle?.()
      : undefined,
  );
  const handles = await Promise.all(asked);
  return handles.filter((handle) => handle?.kind === 'file') as FileSystemFileHandle[];
}
