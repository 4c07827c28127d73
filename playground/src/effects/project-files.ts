import type { FileSystem } from '@cairn/core';
import { webFiles } from '@cairn/web';
import { exampleFiles } from '../examples/files.ts';

/** The files that a project's pipeline names by their paths: those that ship with the app, and those in the project's own folder. */
export function projectFiles(database: string, project: string): FileSystem {
  return webFiles({
    folder: async () => {
      const root = await navigator.storage.getDirectory();
      const projects = await root.getDirectoryHandle(database, { create: true });
      return projects.getDirectoryHandle(encodeURIComponent(project), { create: true });
    },
    find(path) {
      const url = exampleFiles[path.slice(1)];
      return url === undefined ? undefined : new URL(url, document.baseURI);
    },
  });
}
