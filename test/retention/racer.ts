import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRunner, isCairnError, type CairnEvent, type ObjectStore, type Runner } from '@cairn/core';
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

/** Several runs at a time, so that one goes on while another one waits. */
async function run(): Promise<void> {
  const files = fsStore({ root });
  // Some tables are stored seconds before they are committed.
  const store: ObjectStore = {
    ...files,
    async put(key, value, options) {
      const isPut = await files.put(key, value, options);
      if (key.startsWith('objects/') && below(10) === 0)
        await new Promise((resolve) => setTimeout(resolve, 2500));
      return isPut;
    },
  };
  const runner = createRunner({ store, engine: createNodeEngine() });
  await Promise.all([1, 2, 3].map((loop) => runOver(runner, loop)));
  await runner.close();
}

async function runOver(runner: Runner, loop: number): Promise<void> {
  while (!isOver) {
    const [number, edit] = [below(pipelineCount), below(editCount)];
    // Whoever goes without a lease must see to it that nobody else works on the task; and is killed at the price that
    // collectors wait for a day.
    const noLock = isSafe === 'safe' && below(5) === 0;
    const correlationId = noLock ? `free-${process.pid}-${loop}` : `job-${below(4)}`;
    try {
      const task = await runner.bind(sharedPipeline(number, edit), undefined, { correlationId, noLock });
      try {
        // A last attempt that succeeds cleans up scope `correlation`.
        const lastAttempt = below(2) === 0;
        const { steps, table } = await task.execute({ lastAttempt, onEvent });
        // While it is bound, nothing is taken of it that it does not know to be gone.
        const standing = [...steps].flatMap(([name, { reason }]) =>
          reason.code === 'reused' && reason.evicted === true ? [] : [name],
        );
        await table(lastAttempt ? 'sum' : (standing[below(standing.length)] ?? 'sum'));
        const all = [...steps.values()];
        tell({
          number,
          edit,
          steps: Object.fromEntries([...steps].map(([name, { contentHash }]) => [name, contentHash])),
          evicted: all.filter(({ reason }) => reason.code === 'evicted').length,
          reused: all.filter(({ outcome }) => outcome === 'reused').length,
        });
      } finally {
        await task.unbind();
      }
    } catch (error) {
      if (!isCairnError(error, 'task_bound'))
        tell({ error: String(error), stack: String((error as Error).stack) });
    }
  }
}

function onEvent(event: CairnEvent): void {
  if (event.type === 'checkpoint_damaged') tell({ error: `damaged: ${event.error.message}` });
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
