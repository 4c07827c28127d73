import { constants, link, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beginsAsLog, encodeFence, encodeRecord, isCairnError, readLog } from '@cairn/core/store';
import { syncFolder } from './durable-folders.ts';
import { readRange, writeAll } from './file-bytes.ts';

/** How {@link copyFolder} copies. */
export interface CopyOptions {
  /** False for folders, by their path below `from`, that are left out with all that is in them. */
  readonly isWanted?: (below: string) => Promise<boolean>;
  /** Copies a file. */
  readonly copyFile: (from: string, to: string) => Promise<void>;
}

/** Makes a durable copy of a folder, without what begins with a dot. `to` is made, and must not be there. */
export async function copyFolder(
  from: string,
  to: string,
  { isWanted = async () => true, copyFile }: CopyOptions,
): Promise<void> {
  const copy = async (below: string): Promise<void> => {
    await mkdir(join(to, below));
    for (const entry of await readdir(join(from, below), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const inner = join(below, entry.name);
      if (entry.isDirectory()) {
        if (await isWanted(inner)) await copy(inner);
      } else if (entry.isFile()) {
        await copyFile(join(from, inner), join(to, inner));
      }
    }
    await syncFolder(join(to, below));
  };
  await copy('.');
}

/**
 * Copies a file so that whoever still has the old one open reaches the new one no more: a value, which nobody writes to
 * where it stands, as a second name of it; a log as its whole records, after a fence has ended the old one.
 */
export async function fenceFile(from: string, to: string): Promise<void> {
  const handle = await open(from, constants.O_RDWR | constants.O_APPEND);
  try {
    const start = await readRange(handle, 0, 4);
    if (start.length === 0 || !beginsAsLog(start)) return await link(from, to);
    const read = async (): Promise<Uint8Array> => readRange(handle, 0, (await handle.stat()).size);
    const bytes = await read();
    let log = recordsOf(from, bytes);
    // Zeros that are a value, or all that a loss of power has left.
    if (log?.end === 0 && log.fence === undefined) return await link(from, to);
    if (log !== undefined && log.fence === undefined) {
      await writeAll(handle, encodeFence(bytes.length - log.end));
      await handle.datasync();
      log = recordsOf(from, await read());
    }
    // In one piece: a call for each record would take far longer than the bytes do.
    await writeNew(
      to,
      log === undefined ? bytes : Buffer.concat(log.records.map((each) => encodeRecord(each))),
    );
  } finally {
    await handle.close();
  }
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await writeAll(handle, bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Undefined for a log that is damaged: its reader is told, and nothing of it is thrown away. */
function recordsOf(path: string, bytes: Uint8Array): ReturnType<typeof readLog> | undefined {
  try {
    return readLog(path, bytes);
  } catch (error) {
    if (isCairnError(error, 'journal_damaged')) return undefined;
    throw error;
  }
}
