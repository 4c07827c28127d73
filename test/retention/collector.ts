import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { createRunner, type GcReport } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { mortalStore, type Death } from '../crash/mortal-store.js';
import { noEngine } from '../task/no-engine.js';

/** What a collector did, and what it was asked to do. */
export interface Collection {
  readonly operations: readonly string[];
  /** Undefined when it died. */
  readonly report: GcReport | undefined;
}

/** Collects all there is in a folder's store, or dies. */
export async function collectIn(folder: string, death?: Death, kill?: () => void): Promise<Collection> {
  const tear = (): Promise<void> => Promise.resolve();
  const mortal = mortalStore(fsStore({ root: join(folder, 'store') }), death, { tear, kill });
  const { store, operations, dead } = mortal;
  const runner = createRunner({ store, engine: noEngine, retention: { maxBytes: 2_000, keepLast: 0 } });
  const report = await Promise.race([runner.gc(), dead.then(() => undefined)]);
  if (report !== undefined) await runner.close();
  return { operations, report };
}

/** Makes all in a folder look so many days old. */
export function makeOld(folder: string, days: number): void {
  if (!existsSync(folder)) return;
  const then = Date.now() / 1000 - days * 24 * 60 * 60;
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (statSync(join(folder, path)).isFile()) utimesSync(join(folder, path), then, then);
}

// A process that collects and kills itself: folder, operation, when.
const [, script = '', folder = '', at, when] = process.argv;
if (script.endsWith('/collector.js'))
  await collectIn(folder, { at: Number(at), when: when as Death['when'] }, () =>
    process.kill(process.pid, 'SIGKILL'),
  );
