import { fileNotFound, fileNotReadable, isCairnError } from '@cairn/core/plugin';
import { quotaExceeded } from '@cairn/core/store';
import { estimate } from '../database.ts';
import { createDigest } from './digest.ts';
import { namesOf } from './paths.ts';

/** Of a handle in a browser that can move files, which all can do with the page's own. */
interface MovableHandle extends FileSystemFileHandle {
  move?(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

const nameOf = (error: unknown): string =>
  error instanceof Error || error instanceof DOMException ? error.name : '';

/** The handle of a file in a folder; undefined where there is none. @throws CairnError `file_not_readable` */
export async function handleIn(
  root: FileSystemDirectoryHandle,
  path: string,
  create = false,
): Promise<FileSystemFileHandle | undefined> {
  const { folders, name } = namesOf(path);
  try {
    const folder = await folderIn(root, folders, create);
    return await folder.getFileHandle(name, { create });
  } catch (error) {
    if (!create && nameOf(error) === 'NotFoundError') return undefined;
    const isFolder = nameOf(error) === 'TypeMismatchError';
    throw fileNotReadable(path, isFolder ? new Error('it is a folder', { cause: error }) : error);
  }
}

async function folderIn(
  root: FileSystemDirectoryHandle,
  names: readonly string[],
  create: boolean,
): Promise<FileSystemDirectoryHandle> {
  let folder = root;
  for (const name of names) folder = await folder.getDirectoryHandle(name, { create });
  return folder;
}

/**
 * Writes a file beside the one that stands there, which the browser swaps when all is written. A failed or aborted write leaves what was there.
 *
 * @param check Called before each chunk; what it throws ends it.
 * @throws CairnError `file_not_readable`, `quota_exceeded`; what `chunks` and `check` throw
 */
export async function writeIn(
  root: FileSystemDirectoryHandle,
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  check: () => void,
): Promise<{ readonly size: number; readonly sha256: string }> {
  const isNew = (await handleIn(root, path)) === undefined;
  const writing = <Value>(work: Promise<Value>): Promise<Value> =>
    work.catch(async (error: unknown) => {
      if (nameOf(error) === 'QuotaExceededError')
        throw quotaExceeded(path, 'the files of this page', await estimate(), error);
      throw isCairnError(error) ? error : fileNotReadable(path, error, 'write');
    });
  const handle = await writing(handleIn(root, path, true));
  if (handle === undefined) throw fileNotFound(path);
  const writable = await writing(handle.createWritable());
  const digest = createDigest();
  let size = 0;
  try {
    for await (const chunk of chunks) {
      check();
      await digest.add(chunk);
      await writing(writable.write(chunk as Uint8Array<ArrayBuffer>));
      size += chunk.length;
    }
    check();
    await writing(writable.close());
    return { size, sha256: digest.end() };
  } catch (error) {
    await writable.abort().catch(() => undefined);
    if (isNew) await removeIn(root, path).catch(() => undefined);
    throw error;
  }
}

/** @throws CairnError `file_not_found`, `file_not_readable` */
export async function renameIn(root: FileSystemDirectoryHandle, from: string, to: string): Promise<void> {
  const handle: MovableHandle | undefined = await handleIn(root, from);
  if (handle === undefined) throw fileNotFound(from);
  const { folders, name } = namesOf(to);
  try {
    const folder = await folderIn(root, folders, true);
    if (handle.move !== undefined) {
      await handle.move(folder, name);
      return;
    }
    const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await (await handle.getFile()).stream().pipeTo(writable);
  } catch (error) {
    throw fileNotReadable(to, error, 'rename');
  }
  await removeIn(root, from);
}

/** @throws CairnError `file_not_readable` */
export async function removeIn(root: FileSystemDirectoryHandle, path: string): Promise<void> {
  const { folders, name } = namesOf(path);
  try {
    await (await folderIn(root, folders, false)).removeEntry(name);
  } catch (error) {
    if (nameOf(error) !== 'NotFoundError') throw fileNotReadable(path, error, 'remove');
  }
}
