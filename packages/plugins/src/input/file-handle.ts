import { fileNotFound, fileNotReadable, permissionNeeded } from '@cairn/core/plugin';
import type { FileLike } from './place.ts';

/** What may be done with a handle's file. */
export type HandleMode = 'read' | 'readwrite';

/** What is used of a `FileSystemFileHandle`, which a page gets from a picker, from what is dropped, or from its own files (OPFS). */
export interface FileHandleLike {
  readonly kind: 'file';
  readonly name: string;
  getFile(): Promise<FileLike>;
  createWritable?(options?: { readonly keepExistingData?: boolean }): Promise<{
    write(data: Uint8Array<ArrayBuffer>): Promise<void>;
    close(): Promise<void>;
    abort?(reason?: unknown): Promise<void>;
  }>;
  queryPermission?(options: { readonly mode: HandleMode }): Promise<string>;
  requestPermission?(options: { readonly mode: HandleMode }): Promise<string>;
}

/** A handle that is looked up when it is needed, such as one that `@cairn/web` keeps across reloads. */
export interface KeptHandleLike {
  readonly kind: 'kept';
  readonly name: string;
  /** @throws CairnError `file_not_found` when none is kept under the name */
  get(): Promise<FileHandleLike>;
}

/** A handle, or where there is one. */
export type HandleLike = FileHandleLike | KeptHandleLike;

/** Says whether a value is a handle, or stands for one. */
export function isHandle(value: unknown): value is HandleLike {
  if (typeof value !== 'object' || value === null) return false;
  // Not a copy: what a browser's handle has is not its own.
  const given = value as {
    readonly kind?: unknown;
    readonly name?: unknown;
    getFile?: unknown;
    get?: unknown;
  };
  if (typeof given.name !== 'string') return false;
  return given.kind === 'file'
    ? typeof given.getFile === 'function'
    : given.kind === 'kept' && typeof given.get === 'function';
}

/**
 * The handle, with permission to use its file. A browser takes permission back when all of a page's tabs are closed, and asks its user
 * again only in answer to a click or a key: so a run that was begun by one may ask, and another fails.
 *
 * @throws CairnError `permission_needed`, `file_not_found`
 */
export async function permitted(handle: HandleLike, mode: HandleMode): Promise<FileHandleLike> {
  const found = handle.kind === 'kept' ? await handle.get() : handle;
  const state = (await found.queryPermission?.({ mode })) ?? 'granted';
  if (state === 'granted') return found;
  if (state !== 'denied') {
    const asked = await found.requestPermission?.({ mode }).catch((error: unknown) => error);
    if (asked === 'granted') return found;
    throw permissionNeeded(handle.name, mode, asked === 'denied' ? 'denied' : 'prompt', asked);
  }
  throw permissionNeeded(handle.name, mode, 'denied');
}

/**
 * The file of a handle as it is now.
 *
 * @throws CairnError `permission_needed`, `file_not_found`, `file_not_readable`
 */
export async function fileOf(handle: HandleLike): Promise<FileLike> {
  const found = await permitted(handle, 'read');
  try {
    return await found.getFile();
  } catch (error) {
    const kind = error instanceof Error ? error.name : '';
    if (kind === 'NotFoundError') throw fileNotFound(handle.name, error);
    if (kind === 'NotAllowedError') throw permissionNeeded(handle.name, 'read', 'prompt', error);
    throw fileNotReadable(handle.name, error);
  }
}
