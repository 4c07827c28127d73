import type { FileSystem } from '@cairn/core';
import { askPermission, fileHandles, webFiles, type FileHandles } from '@cairn/web';
import { exampleFiles } from '../examples/files.ts';
import type { ProjectFile, ProjectFiles } from '../state/ports.ts';

/** A larger file is not copied where the browser can find it again. */
const copiedBytes = 64 * 2 ** 20;

/** The folder of a project's files, in the page's own storage. */
async function folderOf(database: string, project: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const projects = await root.getDirectoryHandle(database, { create: true });
  return projects.getDirectoryHandle(encodeURIComponent(project), { create: true });
}

const handleName = (project: string, path: string): string => `${project}/${path}`;

/**
 * The files that a project's pipeline names by their paths: those that ship with the app, those that the user has, and those in the project's
 * own folder.
 */
export function projectFiles(database: string, project: string): FileSystem {
  const handles = fileHandles({ database });
  return webFiles({
    folder: () => folderOf(database, project),
    async find(path) {
      const name = path.slice(1);
      const url = exampleFiles[name];
      if (url !== undefined) return new URL(url, document.baseURI);
      const kept = handleName(project, name);
      return (await handles.names()).includes(kept) ? handles.handle(kept) : undefined;
    },
  });
}

/** Keeps the user's files, by project. */
export function browserProjectFiles(database: string): ProjectFiles {
  const handles = fileHandles({ database });
  return {
    async keep(project, path, { size, blob, handle }) {
      if (handle !== undefined && size > copiedBytes) {
        await handles.keep(handleName(project, path), handle);
        return { path, size, kept: 'handle' };
      }
      await projectFiles(database, project).write(path, blob.stream());
      return { path, size, kept: 'copy' };
    },
    async forget(project, paths) {
      const own = (await handles.names()).filter((name) => name.startsWith(handleName(project, '')));
      for (const name of own)
        if (paths?.includes(name.slice(project.length + 1)) !== false) await handles.forget(name);
      if (paths !== undefined) {
        const files = projectFiles(database, project);
        for (const path of paths) await files.remove(path);
        return;
      }
      const root = await navigator.storage.getDirectory();
      const projects = await root.getDirectoryHandle(database, { create: true });
      await projects.removeEntry(encodeURIComponent(project), { recursive: true }).catch(() => undefined);
    },
    async locked({ id, files = [] }) {
      const states = await Promise.all(files.map((file) => isLocked(handles, id, file)));
      return files.flatMap(({ path }, index) => (states[index] === true ? [path] : []));
    },
    async unlock(project, paths) {
      for (const path of paths) await askPermission(handles.handle(handleName(project, path)));
    },
  };
}

/** In a browser that has permissions for handles. */
interface AskedHandle extends FileSystemFileHandle {
  queryPermission?(how: { readonly mode: 'read' }): Promise<PermissionState>;
}

async function isLocked(
  handles: FileHandles,
  project: string,
  { path, kept }: ProjectFile,
): Promise<boolean> {
  if (kept === 'copy') return false;
  try {
    const handle = (await handles.handle(handleName(project, path)).get()) as AskedHandle;
    return ((await handle.queryPermission?.({ mode: 'read' })) ?? 'granted') !== 'granted';
  } catch {
    // That it is gone is told when it is read.
    return false;
  }
}
