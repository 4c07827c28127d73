import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes an empty folder, in memory where the system has such a place: what is synced many times is done sooner there. */
export function memoryFolder(): string {
  const isThere = statSync('/dev/shm', { throwIfNoEntry: false })?.isDirectory() === true;
  return mkdtempSync(join(isThere ? '/dev/shm' : tmpdir(), 'cairn-store-'));
}
