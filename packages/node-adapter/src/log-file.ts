import { fdatasyncSync, fstatSync, writeSync } from 'node:fs';
import { constants, open, type FileHandle } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { encodeRecord, readLog } from '@cairn/core/store';
import type { AtomicWriter } from './atomic-write.ts';
import { readRange } from './file-bytes.ts';
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
  /** The flush that is under way. */
  flushing: Promise<void> | undefined;
  /** One that has not begun: it holds for all that is written by now. */
  next: Promise<void> | undefined;
  /** True when the last flush was over so soon that waiting for it costs more than doing it at once. */
  isQuick: boolean;
}

/** In milliseconds: a flush that takes longer must not hold the main thread up. */
const quickFlush = 1;

/** Makes what was appended durable. */
export type Flush = () => Promise<void>;

/** How {@link LogFiles} append. */
export interface LogAppendOptions {
  readonly sync: boolean;
  /** Makes the file's entry in its folder durable. */
  readonly settle: (path: string) => Promise<void>;
}

/**
 * Appends to logs, keeping their files open. Calls for one key must come one after the other, but the next may come before
 * the flush of the one before: appends that come close together share one.
 */
export interface LogFiles {
  /** The path of a log that is open. */
  pathOf(key: string): string | undefined;
  /**
   * Appends at once to a log that is open and that nobody else has touched; otherwise undefined, having added nothing. No
   * other call for its key may be under way.
   */
  appendNow(
    key: string,
    record: Uint8Array,
    options: LogAppendOptions,
  ): Flush | Promise<Flush | undefined> | undefined;
  /** Appends to a log that is open; resolves to undefined, having added nothing, when none is, or it was moved. */
  appendToOpen(key: string, record: Uint8Array, options: LogAppendOptions): Promise<Flush | undefined>;
  /**
   * Appends to the log at a place. Resolves to `made` when its file was made, durably, with the record in it, and to
   * undefined when nothing was added, because the log is being moved.
   *
   * @param check Called before a file is made; it may throw.
   */
  append(
    key: string,
    place: Place,
    record: Uint8Array,
    options: LogAppendOptions & { readonly check: () => Promise<void> },
  ): Promise<Flush | 'made' | undefined>;
  /** Closes a log's file, because it is about to be replaced or removed. */
  forget(key: string): Promise<void>;
  close(): Promise<void>;
}

/** Makes an empty set of open logs. */
export function logFiles(writer: AtomicWriter): LogFiles {
  const logs = new Map<string, OpenLog>();

  /** Resolves to undefined, with the file closed, when the record does not count there. */
  const appendTo = async (
    key: string,
    log: OpenLog,
    record: Uint8Array,
    options: LogAppendOptions,
  ): Promise<Flush | undefined> => {
    try {
      if (isKnown(log) || (await catchUp(key, log))) {
        const frame = encodeRecord(record, log.size - log.end);
        writeAllNow(log.handle, frame);
        return await added(key, log, frame, options);
      }
    } catch (error) {
      await closeLog(log).catch(() => undefined);
      throw error;
    }
    await closeLog(log);
    return undefined;
  };

  const added = async (
    key: string,
    log: OpenLog,
    frame: Uint8Array,
    options: LogAppendOptions,
  ): Promise<Flush | undefined> => {
    if (!isLast(log, frame) && !(await keeps(key, log, frame))) {
      await closeLog(log);
      return undefined;
    }
    const flushed = keep(key, log, frame, options);
    const [oldest] = logs.keys();
    // A handle is closed when what it does is done.
    if (logs.size > maxOpen && oldest !== undefined) await closeLog(take(oldest)).catch(() => undefined);
    return flushed;
  };

  /** The log is open and known, with this frame at its end. */
  const keep = (key: string, log: OpenLog, frame: Uint8Array, { sync, settle }: LogAppendOptions): Flush => {
    log.size += frame.length;
    logs.set(key, log);
    const flushed = sync ? flush(key, log, settle) : Promise.resolve();
    return () => flushed;
  };

  /** Waits for a flush that begins after what was written by now. Those that append in one turn share it. */
  const flush = (key: string, log: OpenLog, settle: LogAppendOptions['settle']): Promise<void> => {
    if (log.next !== undefined) return log.next;
    const next = (async () => {
      await (log.flushing?.catch(() => undefined) ?? turn());
      log.flushing = log.next;
      log.next = undefined;
      try {
        await makeDurable(log);
        if (log.isPlaced) return;
        await settle(log.path);
        log.isPlaced = true;
      } catch (error) {
        // After an error nobody trusts what we knew of it.
        if (logs.get(key) === log) logs.delete(key);
        await log.handle.close().catch(() => undefined);
        throw error;
      } finally {
        log.flushing = undefined;
      }
    })();
    log.next = next;
    next.catch(() => undefined);
    return next;
  };

  const take = (key: string): OpenLog | undefined => {
    const log = logs.get(key);
    logs.delete(key);
    return log;
  };

  return {
    pathOf: (key) => logs.get(key)?.path,

    appendNow(key, record, options) {
      const log = take(key);
      if (log === undefined) return undefined;
      const frame = encodeRecord(record);
      try {
        if (!isKnown(log)) {
          logs.set(key, log);
          return undefined;
        }
        writeAllNow(log.handle, frame);
        if (isLast(log, frame)) return keep(key, log, frame, options);
      } catch (error) {
        void closeLog(log).catch(() => undefined);
        throw error;
      }
      return added(key, log, frame, options).catch(async (error: unknown) => {
        await closeLog(log).catch(() => undefined);
        throw error;
      });
    },

    async appendToOpen(key, record, options) {
      // Out of the map while it is in use: then nobody closes it, and after an error nobody trusts what we knew of it.
      const log = take(key);
      return log === undefined ? undefined : appendTo(key, log, record, options);
    },

    async append(key, place, record, options) {
      const { path } = place;
      for (;;) {
        const handle = await openThere(path);
        if (handle !== undefined) {
          const log: OpenLog = {
            handle,
            path,
            size: -1,
            end: 0,
            isPlaced: false,
            flushing: undefined,
            next: undefined,
            isQuick: false,
          };
          return appendTo(key, log, record, options);
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
      await closeLog(take(key));
    },

    async close() {
      await Promise.all([...logs.values()].map(closeLog));
      logs.clear();
    },
  };
}

async function makeDurable(log: OpenLog): Promise<void> {
  const begun = performance.now();
  if (log.isQuick) fdatasyncSync(log.handle.fd);
  else await log.handle.datasync();
  log.isQuick = performance.now() - begun < quickFlush;
}

/** Closes a log's file once what was written before is flushed: others wait for that, whatever has failed since. */
async function closeLog(log: OpenLog | undefined): Promise<void> {
  if (log === undefined) return;
  await log.flushing?.catch(() => undefined);
  await log.next?.catch(() => undefined);
  await log.handle.close();
}

async function openThere(path: string): Promise<FileHandle | undefined> {
  return open(path, toAppend).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}

/*
 * What takes microseconds is asked at once: through the thread pool each of these calls takes as long as the flush that
 * they are for.
 */

/** Says whether nobody has touched the file since we last knew it. */
function isKnown(log: OpenLog): boolean {
  const { size, nlink } = fstatSync(log.handle.fd);
  if (nlink === 0 || size !== log.size) return false;
  log.end = size;
  return true;
}

/** Says whether a frame that was just appended is the last of a file that is still in its folder. */
function isLast(log: OpenLog, frame: Uint8Array): boolean {
  const { size, nlink } = fstatSync(log.handle.fd);
  return size === log.size + frame.length && nlink > 0;
}

function writeAllNow({ fd }: FileHandle, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}

/**
 * Reads what others, or a write that was cut short, have added to the file since we last knew it. Resolves to false when
 * the file was removed or replaced, or a take-over has ended it.
 */
async function catchUp(key: string, log: OpenLog): Promise<boolean> {
  const { size, nlink } = await log.handle.stat();
  if (nlink === 0) return false;
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
  const bytes = await readRange(log.handle, log.end, size);
  const { fence } = readLog(key, bytes, log.end);
  if (fence === undefined) return nlink > 0;
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(frame);
  return at >= 0 && log.end + at < fence;
}
