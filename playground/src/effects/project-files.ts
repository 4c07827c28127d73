import type { FileStat, FileSystem } from '@cairn/core';
import { fileNotFound, fileNotReadable } from '@cairn/core/plugin';
import { exampleFiles } from '../examples/files.ts';

/** The files that a project's pipeline names by their paths: those that ship with the app. */
export function projectFiles(project: string): FileSystem {
  const loaded = new Map<string, Promise<Blob>>();
  const urlOf = (path: string): string | undefined => exampleFiles[path];
  const blobOf = (path: string, signal?: AbortSignal): Promise<Blob> => {
    const url = urlOf(path);
    if (url === undefined) return Promise.reject(fileNotFound(path));
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const loading = fetchBlob(path, url, signal);
    loaded.set(path, loading);
    loading.catch(() => loaded.delete(path));
    return loading;
  };
  const statOf = async (path: string, signal?: AbortSignal): Promise<FileStat> => ({
    size: (await blobOf(path, signal)).size,
    // What ships with the app is known by its address, which says its content.
    mtimeMs: 0,
    inode: urlOf(path) ?? '',
  });
  const bytesOf = async (path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await (await blobOf(path, signal)).arrayBuffer());
  const refuse = (path: string): never => {
    throw fileNotReadable(path, new Error(`the files of project '${project}' cannot be written to`));
  };
  return {
    resolve: (path) => path,
    stat: async (path) => (urlOf(path) === undefined ? undefined : statOf(path)),
    open: async (path, { signal } = {}) => {
      const blob = await blobOf(path, signal);
      return {
        stat: () => statOf(path),
        read: async (offset, length) =>
          new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
        close: async () => undefined,
      };
    },
    read: (path, { signal } = {}) => bytesOf(path, signal),
    hash: async (path, { signal } = {}) =>
      hex(await crypto.subtle.digest('SHA-256', await bytesOf(path, signal))),
    write: async (path) => refuse(path),
    rename: async (from) => refuse(from),
    remove: async () => undefined,
  };
}

async function fetchBlob(path: string, url: string, signal: AbortSignal | undefined): Promise<Blob> {
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await response.blob();
  } catch (error) {
    signal?.throwIfAborted();
    throw fileNotReadable(path, error);
  }
}

function hex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
