import { appendFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRunner, isCairnError, type CairnEvent, type Engine } from '@cairn/core';
import { encodeRecord } from '@cairn/core/store';
import { fsStore, nodeFiles } from '@cairn/node';
import { mortalStore, type Death } from './mortal-store.js';
import { referencePipeline, type Diary } from './reference.js';

export const task = { correlationId: 'job' } as const;

/** What became of a process. */
export interface Life {
  readonly operations: readonly string[];
  readonly events: readonly CairnEvent[];
  readonly diary: Diary;
  /** Content hashes by step, and receipts' and results' absence as nothing; undefined when it died. */
  readonly hashes: Readonly<Record<string, string>> | undefined;
}

/** Half of a write, as a process leaves it that is killed while it writes. */
function tearIn(root: string) {
  return async (operation: 'put' | 'append', key: string, bytes: Uint8Array): Promise<void> => {
    if (operation === 'put') {
      mkdirSync(join(root, '.tmp'), { recursive: true });
      writeFileSync(
        join(root, '.tmp', `0-${key.replaceAll('/', '-')}.tmp`),
        bytes.subarray(0, bytes.length / 2),
      );
      return;
    }
    const frame = encodeRecord(bytes);
    const path = fileOf(root, key);
    if (path !== undefined) appendFileSync(path, frame.subarray(0, Math.floor(frame.length / 2)));
  };
}

/** Where a key's bytes are: the newest file of that name in its folder. */
function fileOf(root: string, key: string): string | undefined {
  const [name = '', ...folders] = key.split('/').toReversed();
  const folder = join(root, ...folders.toReversed());
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path === name || path.endsWith(`/${name}`))
    .map((path) => join(folder, path))
    .toSorted((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs)[0];
}

/**
 * One process: runs the reference pipeline until it succeeds, or dies.
 *
 * @param kill Really ends the process. @default leaves it hanging, as one that does nothing more
 */
export async function live(
  engine: Engine,
  folder: string,
  death?: Death,
  concurrency = 1,
  kill?: () => void,
): Promise<Life> {
  const root = join(folder, 'store');
  const diary: Diary = [];
  const events: CairnEvent[] = [];
  const { store, operations, dead } = mortalStore(fsStore({ root }), death, {
    tear: tearIn(root),
    kill,
  });
  const runner = createRunner({
    store,
    engine,
    files: nodeFiles(),
    concurrency,
    observers: [{ name: 'crash', onEvent: (event) => void events.push(event) }],
  });
  const pipeline = referencePipeline(folder, diary);
  const run = async (): Promise<Life['hashes']> => {
    for (let tries = 0; ; tries += 1) {
      try {
        const { steps } = await runner.run(pipeline, undefined, task);
        return Object.fromEntries([...steps].map(([name, { contentHash }]) => [name, contentHash ?? '']));
      } catch (error) {
        if (!isCairnError(error, 'run_failed') || tries > 2) throw error;
      }
    }
  };
  const hashes = await Promise.race([run(), dead.then(() => undefined)]);
  if (hashes !== undefined) await runner.close();
  return { operations, events, diary, hashes };
}

/** The steps whose code began in a life. */
export function begunIn({ events }: Life): string[] {
  return events.flatMap((event) => (event.type === 'step_start' ? [event.step] : []));
}
