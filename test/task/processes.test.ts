import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createRunner, type ObjectStore } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { expect, test } from 'vitest';
import { outcomes, temporaryFolder } from '../run/fixtures.js';
import { noEngine } from './no-engine.js';
import { slowPipeline } from './worker.js';

const script = fileURLToPath(new URL('../dist/task/worker.js', import.meta.url));

interface Worker {
  readonly process: ChildProcess;
  readonly said: readonly string[];
  /** Resolves when it has said this. */
  says(what: string): Promise<void>;
  readonly ended: Promise<readonly string[]>;
}

function worker(root: string, ms: number, waitMs = 0): Worker {
  const child = spawn(process.execPath, [script, root, String(ms), String(waitMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.push(...text.split('\n').filter(Boolean));
    for (const listener of listeners) listener();
  });
  return {
    process: child,
    said,
    says: (what) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (said.includes(what)) resolve();
        };
        listeners.add(look);
        look();
      }),
    ended: new Promise((resolve, reject) => {
      child.on('error', reject).on('close', () => resolve(said));
    }),
  };
}

test('a process that was stopped and lost its task can neither commit nor clean up, and is told', async () => {
  const root = temporaryFolder();
  const first = worker(root, 500);
  await first.says('slow');
  first.process.kill('SIGSTOP');

  const store = fsStore({ root });
  const forced: ObjectStore = {
    ...store,
    acquire: (prefix, options) => store.acquire(prefix, { ...options, force: true }),
  };
  const did: string[] = [];
  const runner = createRunner({ store: forced, engine: noEngine });
  const pipeline = slowPipeline((what) => did.push(what), 1);
  const task = await runner.bind(pipeline, undefined, { correlationId: 'job' });
  const result = await task.execute();
  expect(outcomes(result)).toEqual(['first reused', 'slow complete', 'last complete']);

  first.process.kill('SIGCONT');
  const said = await first.ended;
  expect(said).toEqual(['first', 'slow', 'lease_lost']);
  expect(did).toEqual(['slow', 'last']);
  // What the second did stands, in memory and in the store.
  expect([task.status, task.stages.get('slow')?.result]).toEqual(['complete', process.pid]);
  expect(await task.checkSync()).toBe(true);
  await task.unbind();
  await runner.close();
});

test('of processes that want one task, one works at a time, and each has its turn', async () => {
  const root = temporaryFolder();
  const workers = Array.from({ length: 8 }, () => worker(root, 100, 60_000));
  const said = await Promise.all(workers.map(({ ended }) => ended));
  expect(said.map((lines) => lines.at(-1))).toEqual(workers.map(() => 'succeeded'));
  // The first one did it all, and the others found it done.
  expect(said.filter((lines) => lines.length > 1)).toEqual([['first', 'slow', 'last', 'succeeded']]);
});

test('the task of a process that was killed is taken over at once', async () => {
  const root = temporaryFolder();
  const first = worker(root, 60_000);
  await first.says('slow');
  first.process.kill('SIGKILL');
  await first.ended;
  const second = worker(root, 1);
  expect(await second.ended).toEqual(['slow', 'last', 'succeeded']);
});
