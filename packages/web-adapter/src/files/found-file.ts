import { fileNotFound, fileNotReadable, permissionNeeded, type FileStat } from '@cairn/core/plugin';
import type { KeptHandle } from '../file-handles.ts';

/**
 * A file that stands at a path without being in the folder: one that the page's own server has, by its URL, which is to change when the file does; a
 * `Blob`; or a handle, whose file is read as it is then.
 */
export type FoundFile = URL | Blob | FileSystemFileHandle | KeptHandle;

/** A file as it is now. */
export interface OpenedFile {
  readonly file: Blob;
  readonly stat: FileStat;
}

/** What is remembered of fetched files, by URL. */
export type FetchedFiles = Map<string, Promise<Blob>>;

/** Opens a file. @throws CairnError `file_not_found`, `file_not_readable`, `permission_needed` */
export async function openFound(path: string, found: FoundFile, fetched: FetchedFiles): Promise<OpenedFile> {
  if (found instanceof URL) {
    const { href } = found;
    const file = await fetchOnce(path, href, fetched);
    return { file, stat: { size: file.size, mtimeMs: 0, inode: href } };
  }
  if (found instanceof Blob) return { file: found, stat: statOf(found, '') };
  const handle = 'get' in found ? await found.get() : found;
  const file = await fileOf(path, handle);
  return { file, stat: statOf(file, handle.name) };
}

/** @throws CairnError `file_not_found`, `file_not_readable`, `permission_needed` */
export async function fileOf(path: string, handle: FileSystemFileHandle): Promise<File> {
  try {
    return await handle.getFile();
  } catch (error) {
    const name = error instanceof Error || error instanceof DOMException ? error.name : '';
    if (name === 'NotFoundError') throw fileNotFound(path, error);
    if (name === 'NotAllowedError') throw permissionNeeded(path, 'read', 'prompt', error);
    throw fileNotReadable(path, error);
  }
}

/** A `Blob` never changes, and has no time. */
export function statOf(file: Blob, inode: string): FileStat {
  return { size: file.size, mtimeMs: file instanceof File ? file.lastModified : 0, inode };
}

/** Whoever asks first fetches for all, so nobody's signal ends it. */
async function fetchOnce(path: string, url: string, fetched: FetchedFiles): Promise<Blob> {
  const known = fetched.get(url);
  if (known !== undefined) return known;
  const fetching = fetchFile(path, url);
  fetched.set(url, fetching);
  fetching.catch(() => fetched.delete(url));
  return fetching;
}

async function fetchFile(path: string, url: string): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(url);
    if (response.ok) return await response.blob();
  } catch (error) {
    throw fileNotReadable(path, error);
  }
  const why = new Error(`${url}: ${response.status} ${response.statusText}`);
  throw response.status === 404 ? fileNotFound(path, why) : fileNotReadable(path, why);
}
