import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { encodeRecord, readLog } from '@cairn/core/store';
import type { DurableFolders } from './durable-folders.ts';
import { readRange, writeAll } from './file-bytes.ts';
import { hasCode } from './system-error.ts';

// Each open log costs a file handle; a runner writes to a few.
const maxOpen = 32;

interface OpenLog {
  readonly handle: FileHandle;
  /** How large the file is when nobody else has written to it. */
  size: number;
  /** A place where a record was seen to end. */
  end: number;
  /** True when the file's entry in its folder is durable. */
  isPlaced: boolean;
}

/** Appends to logs, keeping their files open. Calls for one key must come one after the other. */
export interface LogFiles {
  /** Calls `check` before anything is written; it may throw. */
  append(
    key: string,
    path: string,
    record: Uint8Array,
    sync: boolean,
    check: () => Promise<void>,
  ): Promise<void>;
  /** Closes a log's file, because it is about to be replaced or removed. */
  forget(key: string): Promise<void>;
  close(): Promise<void>;
}

/** Makes an empty set of open logs. */
export function logFiles(folders: DurableFolders): LogFiles {
  const logs = new Map<string, OpenLog>();

  const openLog = async (path: string): Promise<OpenLog> => {
    const handle = await open(path, 'a+').catch(async (error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
      await folders.make(dirname(path));
      return open(path, 'a+');
    });
    return { handle, size: -1, end: 0, isPlaced: false };
  };

  const take = (key: string): OpenLog | undefined => {
    const log = logs.get(key);
    logs.delete(key);
    return log;
  };

  return {
    async append(key, path, record, sync, check) {
      // Out of the map while it is in use: then nobody closes it, and after an error nobody trusts what we knew of it.
      let log = take(key);
      try {
        const [isCurrent] = await Promise.all([log !== undefined && catchUp(key, log), check()]);
        if (!isCurrent) {
          await log?.handle.close();
          log = undefined;
        }
        if (log === undefined) {
          log = await openLog(path);
          await catchUp(key, log);
        }
        const frame = encodeRecord(record, log.size - log.end);
        await writeAll(log.handle, frame);
        log.size += frame.length;
        if (sync) {
          await log.handle.datasync();
          if (!log.isPlaced) await folders.sync(dirname(path));
          log.isPlaced = true;
        }
      } catch (error) {
        await log?.handle.close().catch(() => undefined);
        throw error;
      }
      logs.set(key, log);
      const [oldest] = logs.keys();
      if (logs.size > maxOpen && oldest !== undefined) await take(oldest)?.handle.close();
    },

    async forget(key) {
      await take(key)?.handle.close();
    },

    async close() {
      await Promise.all([...logs.values()].map(({ handle }) => handle.close()));
      logs.clear();
    },
  };
}

/**
 * Reads what others, or a write that was cut short, have added to the file since we last knew it. Resolves to false
 * when the file was removed or replaced.
 */
async function catchUp(key: string, log: OpenLog): Promise<boolean> {
  const { size, nlink } = await log.handle.stat();
  if (nlink === 0) return false;
  if (size === log.size) {
    log.end = size;
    return true;
  }
  const base = size < log.end ? 0 : log.end;
  const bytes = await readRange(log.handle, base, size);
  log.end = readLog(key, bytes, base).end;
  log.size = base + bytes.length;
  return true;
}
