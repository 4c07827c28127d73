import { closeSync, fdatasync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { writeAll } from './file-bytes.ts';

/** Up to so many bytes, what the system does with a file takes less than to ask another thread for it. */
const smallBytes = 2 ** 16;
/** In milliseconds: what takes longer must not hold the main thread up. */
const quickMs = 1;
/** A file system that was slow once is asked through other threads so many times before it is tried again. */
const patience = 64;

/** What writing a file aside and placing it takes. */
export interface FileCalls {
  /** Writes a new file. @param sync Waits until its bytes are on the disk. */
  write(path: string, bytes: Uint8Array, sync: boolean): Promise<void>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, if it is there. */
  remove(path: string): Promise<void>;
}

const patient: FileCalls = {
  async write(path, bytes, sync) {
    const handle = await open(path, 'wx');
    try {
      await writeAll(handle, bytes);
      if (sync) await handle.datasync();
    } finally {
      await handle.close();
    }
  },
  link,
  rename,
  remove: (path) => rm(path, { force: true }),
};

const flush = promisify(fdatasync);

/** Asks at once for all that needs no disk. Only the disk is waited for in another thread. */
function quickCalls(told: (ms: number) => void): FileCalls {
  // Rejects rather than throws.
  const now = async (work: () => void): Promise<void> => {
    const begun = performance.now();
    try {
      work();
    } finally {
      told(performance.now() - begun);
    }
  };
  return {
    async write(path, bytes, sync) {
      const begun = performance.now();
      const file = openSync(path, 'wx');
      try {
        for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
        told(performance.now() - begun);
        if (sync) await flush(file);
      } finally {
        closeSync(file);
      }
    },
    link: (from, to) => now(() => linkSync(from, to)),
    rename: (from, to) => now(() => renameSync(from, to)),
    remove: (path) => now(() => rmSync(path, { force: true })),
  };
}

/**
 * Makes what chooses the calls for a file of so many bytes. A small file on a disk of this machine takes some microseconds a
 * call, and as much as fifty times that through the thread pool; where calls turn out to be slow, as on a network drive,
 * others do not wait for them.
 */
export function fileCalls(): (bytes: number) => FileCalls {
  let waiting = 0;
  const quick = quickCalls((ms) => {
    if (ms > quickMs) waiting = patience;
  });
  return (bytes) => {
    if (bytes > smallBytes) return patient;
    if (waiting === 0) return quick;
    waiting -= 1;
    return patient;
  };
}
