import { statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Files that are looked after. */
export interface WatchedFiles {
  /** A file is about to be read: what it is now counts as seen, when it is looked after next. */
  note(file: string): void;
  /**
   * Looks after these files from now on, and no others. What was neither noted nor looked after before counts as seen as it
   * is now.
   */
  look(files: ReadonlySet<string>): void;
  /**
   * Resolves to the files that were changed, made or removed since they were last seen, once none of them has been touched
   * for a while.
   */
  changed(signal: AbortSignal): Promise<readonly string[]>;
  close(): void;
}

/** Editors and copies write a file in several steps. */
const quietMs = 100;

/** Looks after files: their folders are watched, since many programs replace a file when they write it. */
export function watchFiles(): WatchedFiles {
  const seen = new Map<string, string>();
  const folders = new Map<string, FSWatcher>();
  let onTouch = (): void => undefined;

  const changes = (): string[] =>
    [...seen].flatMap(([file, was]) => {
      const is = stateOf(file);
      if (is === was) return [];
      seen.set(file, is);
      return [file];
    });
  const touched = (_event: string, name: string | null): void => {
    if (name === null || [...seen.keys()].some((file) => basename(file) === name)) onTouch();
  };
  const watchFolder = (folder: string): void => {
    if (folders.has(folder)) return;
    try {
      const watcher = watch(folder, touched);
      // A folder that goes takes its files with it.
      watcher.on('error', () => {
        watcher.close();
        folders.delete(folder);
        onTouch();
      });
      folders.set(folder, watcher);
    } catch {
      // What may come to be there comes to be in a folder that is.
      if (dirname(folder) !== folder) watchFolder(dirname(folder));
    }
  };

  const noted = new Map<string, string>();
  return {
    note: (file) => void noted.set(file, stateOf(file)),
    look(files) {
      for (const file of files) watchFolder(dirname(file));
      const needed = new Set([...files].map((file) => dirname(file)));
      for (const [folder, watcher] of folders) {
        if (
          [...needed].some(
            (one) => one === folder || one.startsWith(`${folder}/`) || one.startsWith(`${folder}\\`),
          )
        )
          continue;
        watcher.close();
        folders.delete(folder);
      }
      const before = new Map(seen);
      seen.clear();
      for (const file of files) seen.set(file, noted.get(file) ?? before.get(file) ?? stateOf(file));
      noted.clear();
    },
    changed: (signal) =>
      new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        const end = (files: readonly string[]): void => {
          clearTimeout(timer);
          onTouch = () => undefined;
          signal.removeEventListener('abort', onAbort);
          resolve(files);
        };
        const onAbort = (): void => end([]);
        const settle = (): void => {
          const files = changes();
          if (files.length > 0) end(files);
        };
        onTouch = () => {
          clearTimeout(timer);
          timer = setTimeout(settle, quietMs);
        };
        signal.addEventListener('abort', onAbort);
        if (signal.aborted) onAbort();
        // It may have been touched before anybody waited.
        else onTouch();
      }),
    close() {
      for (const watcher of folders.values()) watcher.close();
      folders.clear();
    },
  };
}

/** What tells a file from what it was before: two writes within one tick of the clock have two sizes, or one content. */
function stateOf(file: string): string {
  try {
    const { mtimeNs, size, ino } = statSync(file, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch {
    return 'none';
  }
}
