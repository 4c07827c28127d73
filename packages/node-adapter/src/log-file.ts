import { constants, open, type FileHandle } from 'node:fs/promises';
import { encodeRecord, readLog } from '@cairn/core/store';
import type { AtomicWriter } from './atomic-write.ts';
import { readRange, writeAll } from './file-bytes.ts';
import { floorOf, type Place } from './places.ts';
import { hasCode } from './system-error.ts';

// Each open log costs a file handle; a runner writes to a few.
const maxOpen = 32;
// Without O_CREAT: a log's file is made with its first record in it, so that no log is ever empty.
const toAppend = constants.O_RDWR | constants.O_APPEND;

interface OpenLog {
  readonly handle: FileHandle;
  readonly path: string;
  /** How large the file is when nobody else has written to it. */
  size: number;
  /** A place where a record was seen to end. */
  end: number;
  /** True when the file's entry in its folder is durable. */
  isPlaced: boolean;
}

/** How {@link LogFiles} append. */
export interface LogAppendOptions {
  readonly sync: boolean;
  /** Called before anything is written; it may throw. */
  readonly check: () => Promise<void>;
  /** Makes the file's entry in its folder durable. */
  readonly settle: (path: string) => Promise<void>;
}

/** Appends to logs, keeping their files open. Calls for one key must come one after the other. */
export interface LogFiles {
  /** Appends to a log that is open; resolves to false, having added nothing, when none is, or it was moved. */
  appendToOpen(key: string, record: Uint8Array, options: LogAppendOptions): Promise<boolean>;
  /**
   * Appends to the log at a place. Resolves to `made` when its file was made, with the record in it, and to undefined
   * when nothing was added, because the log is being moved.
   */
  append(
    key: string,
    place: Place,
    record: Uint8Array,
    options: LogAppendOptions,
  ): Promise<'added' | 'made' | undefined>;
  /** Closes a log's file, because it is about to be replaced or removed. */
  forget(key: string): Promise<void>;
  close(): Promise<void>;
}

/** Makes an empty set of open logs. */
export function logFiles(writer: AtomicWriter): LogFiles {
  const logs = new Map<string, OpenLog>();

  /** Resolves to false, with the file closed, when the record does not count there. */
  const appendTo = async (
    key: string,
    log: OpenLog,
    record: Uint8Array,
    { sync, check, settle }: LogAppendOptions,
  ): Promise<boolean> => {
    let isAdded = false;
    try {
      const [isCurrent] = await Promise.all([catchUp(key, log), check()]);
      if (isCurrent) {
        const frame = encodeRecord(record, log.size - log.end);
        await writeAll(log.handle, frame);
        [isAdded] = await Promise.all([keeps(key, log, frame), sync && log.handle.datasync()]);
        log.size += frame.length;
        if (isAdded && sync && !log.isPlaced) {
          await settle(log.path);
          log.isPlaced = true;
        }
      }
    } catch (error) {
      await log.handle.close().catch(() => undefined);
      throw error;
    }
    if (!isAdded) {
      await log.handle.close();
      return false;
    }
    logs.set(key, log);
    const [oldest] = logs.keys();
    if (logs.size > maxOpen && oldest !== undefined) await take(oldest)?.handle.close();
    return true;
  };

  const take = (key: string): OpenLog | undefined => {
    const log = logs.get(key);
    logs.delete(key);
    return log;
  };

  return {
    async appendToOpen(key, record, options) {
      // Out of the map while it is in use: then nobody closes it, and after an error nobody trusts what we knew of it.
      const log = take(key);
      return log !== undefined && appendTo(key, log, record, options);
    },

    async append(key, place, record, options) {
      const { path } = place;
      for (;;) {
        const handle = await openThere(path);
        if (handle !== undefined) {
          const log = { handle, path, size: -1, end: 0, isPlaced: false };
          return (await appendTo(key, log, record, options)) ? 'added' : undefined;
        }
        await options.check();
        const first = { ifAbsent: true, sync: options.sync, floor: floorOf(place) };
        if (await writer.write(path, encodeRecord(record), first)) {
          if (options.sync) await options.settle(path);
          return 'made';
        }
      }
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

async function openThere(path: string): Promise<FileHandle | undefined> {
  return open(path, toAppend).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}

/**
 * Reads what others, or a write that was cut short, have added to the file since we last knew it. Resolves to false when
 * the file was removed or replaced, or a take-over has ended it.
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
  const { end, fence } = readLog(key, bytes, base);
  log.end = end;
  log.size = base + bytes.length;
  return fence === undefined;
}

/**
 * Says whether a frame that was just appended counts. All writers' appends have one order, so a take-over finds the
 * frame exactly when it stands before the take-over's fence. Without a fence, only a file that was removed since does
 * not keep it.
 */
async function keeps(key: string, log: OpenLog, frame: Uint8Array): Promise<boolean> {
  const { size, nlink } = await log.handle.stat();
  if (size === log.size + frame.length && nlink > 0) return true;
  const bytes = await readRange(log.handle, log.end, size);
  const { fence } = readLog(key, bytes, log.end);
  if (fence === undefined) return nlink > 0;
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(frame);
  return at >= 0 && log.end + at < fence;
}
