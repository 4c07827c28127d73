import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createRunner,
  isCairnError,
  type CairnEvent,
  type ObjectStore,
  type RunnerOptions,
} from '@cairn/core';
import { createNodeEngine, fsStore } from '@cairn/node';
import { noEngine } from '../task/no-engine.js';
import { editCount, generator, pipelineCount, sharedPipeline } from './shared-pipelines.js';

// A process that runs pipelines, or collects, over and over until it is ended. Writes down, a line for each, what it did.
const [, , role = '', folder = '', seed = '0', isSafe = ''] = process.argv;
const random = generator(Number(seed));
const below = (count: number): number => Math.floor(random() * count);
const tell = (what: object): void =>
  appendFileSync(join(folder, `${role}.jsonl`), `${JSON.stringify({ pid: process.pid, ...what })}\n`);
const root = join(folder, 'store');
let isOver = false;
process.on('SIGTERM', () => {
  isOver = true;
});

async function run(): Promise<void> {
  const events: CairnEvent[] = [];
  const observers: RunnerOptions['observers'] = [
    { name: 'race', onEvent: (event) => void events.push(event) },
  ];
  const files = fsStore({ root });
  // Some tables are stored seconds before they are committed.
  const store: ObjectStore = {
    ...files,
    async put(key, value, options) {
      const isPut = await files.put(key, value, options);
      if (key.startsWith('objects/') && below(15) === 0)
        await new Promise((resolve) => setTimeout(resolve, 3500));
      return isPut;
    },
  };
  const runner = createRunner({ store, engine: createNodeEngine(), observers });
  while (!isOver) {
    const [number, edit] = [below(pipelineCount), below(editCount)];
    // Whoever goes without a lease must see to it that nobody else works on the task; and is killed at the price that
    // collectors wait for a day.
    const noLock = isSafe === 'safe' && below(5) === 0;
    const correlationId = noLock ? `free-${process.pid}` : `job-${below(3)}`;
    events.length = 0;
    try {
      const task = await runner.bind(sharedPipeline(number, edit), undefined, { correlationId, noLock });
      try {
        // A last attempt that succeeds cleans up scope `correlation`.
        const lastAttempt = below(2) === 0;
        const result = await task.execute({ lastAttempt });
        const steps = Object.fromEntries([...result.steps].map(([name, one]) => [name, one.contentHash]));
        const evicted = [...result.steps.values()].filter(({ reason }) => reason.code === 'evicted').length;
        const reused = [...result.steps.values()].filter(({ outcome }) => outcome === 'reused').length;
        // While it is bound, nothing is taken of it that it does not know to be gone.
        const names = [...result.steps].flatMap(([name, { reason }]) =>
          reason.code === 'reused' && reason.evicted === true ? [] : [name],
        );
        const name = lastAttempt ? 'sum' : (names[below(names.length)] ?? 'sum');
        await result.table(name);
        tell({ number, edit, steps, evicted, reused });
      } finally {
        await task.unbind();
      }
    } catch (error) {
      if (!isCairnError(error, 'task_bound'))
        tell({ error: String(error), stack: String((error as Error).stack) });
    }
    for (const event of events)
      if (event.type === 'checkpoint_damaged') tell({ error: `damaged: ${event.error.message}` });
  }
  await runner.close();
}

async function collect(): Promise<void> {
  while (!isOver) {
    const retention = { maxBytes: below(30_000), keepLast: below(2) };
    const runner = createRunner({ store: fsStore({ root }), engine: noEngine, retention });
    try {
      const { removed, spared } = await runner.gc({ graceMs: 0 });
      if (removed.length + spared.length > 0)
        tell({
          removed: removed.map(({ kind, keys, reason }) => ({ kind, keys, code: reason.code })),
          spared,
        });
    } catch (error) {
      if (!isCairnError(error, 'task_bound'))
        tell({ error: String(error), stack: String((error as Error).stack) });
    }
    await runner.close();
    await new Promise((resolve) => setTimeout(resolve, below(50)));
  }
}

await (role === 'run' ? run() : collect());
