import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunResult } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { expect, test } from 'vitest';
import { lastingStore, sharedEngine, temporaryFolder, testRunner } from '../run/fixtures.js';
import { editCount, generator, sharedPipeline } from './shared-pipelines.js';

const engine = sharedEngine();
const racer = fileURLToPath(new URL('../dist/retention/racer.js', import.meta.url));
const seed = Number(process.env['CAIRN_SEED'] ?? Date.now() % 1_000_000);
// Minutes where all is asked for; some seconds for every change.
const raceMs = process.env['CAIRN_CRASH'] === 'all' ? 240_000 : 15_000;

type Hashes = Readonly<Record<string, string>>;
interface Told {
  readonly number?: number;
  readonly edit?: number;
  readonly steps?: Hashes;
  readonly evicted?: number;
  readonly reused?: number;
  readonly error?: string;
  readonly stack?: string;
  readonly removed?: readonly {
    readonly kind: string;
    readonly keys: readonly string[];
    readonly code: string;
  }[];
  readonly spared?: readonly string[];
}

/** Tells what a pipeline comes to when nobody collects. */
function computing(): (number: number, edit: number) => Promise<Hashes> {
  const { runner } = testRunner({ engine, store: lastingStore() });
  const known = new Map<string, Hashes>();
  return async (number, edit) => {
    const name = `${number} ${edit}`;
    const hashes = known.get(name) ?? hashesOf(await runner.run(sharedPipeline(number, edit)));
    known.set(name, hashes);
    return hashes;
  };
}

const hashesOf = ({ steps }: RunResult): Hashes =>
  Object.fromEntries([...steps].map(([name, { contentHash = '' }]) => [name, contentHash]));

function toldIn(folder: string, role: string): Told[] {
  const path = join(folder, `${role}.jsonl`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Told);
}

test(
  `runs and collectors of several processes race, some are killed, and nothing is lost (CAIRN_SEED=${seed})`,
  async () => {
    const expected = computing();
    const folder = temporaryFolder();
    const random = generator(seed);
    const started: ChildProcess[] = [];
    const start = (role: 'run' | 'gc', at: number): ChildProcess => {
      const own = String(Math.floor(random() * 1_000_000));
      const child = spawn(process.execPath, [racer, role, folder, own, at === 0 ? 'safe' : ''], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      started.push(child);
      return child;
    };
    const roles = ['run', 'run', 'gc', 'gc'] as const;
    const racers: ChildProcess[] = roles.map(start);
    const end = Date.now() + raceMs;
    let kills = 0;
    // A machine that is busy has some more time.
    const isEnough = (): boolean => toldIn(folder, 'run').length > 10 && toldIn(folder, 'gc').length > 5;
    while (Date.now() < end || (Date.now() < end + 60_000 && !isEnough())) {
      await new Promise((resolve) => setTimeout(resolve, 800 + random() * 1500));
      // Runners take a second to start, and so are killed less often.
      const at = random() < 0.2 ? 1 : 2 + Math.floor(random() * 2);
      racers[at]?.kill('SIGKILL');
      kills += 1;
      racers[at] = start(roles[at] as 'run' | 'gc', at);
    }
    const ended = racers.map((child) => once(child, 'exit'));
    for (const child of racers) child.kill('SIGTERM');
    await Promise.all(ended);
    for (const child of started) child.kill('SIGKILL');

    const runs = toldIn(folder, 'run');
    const collections = toldIn(folder, 'gc');
    expect([...runs, ...collections].filter(({ error }) => error !== undefined)).toEqual([]);
    for (const { number = 0, edit = 0, steps } of runs) expect(steps).toEqual(await expected(number, edit));

    // What was committed is there, unless a collector says that it has removed it.
    const { runner, events } = testRunner({ engine, store: fsStore({ root: join(folder, 'store') }) });
    const damaged = await runner.checkpoints({ state: 'damaged' });
    expect(damaged.map(({ pipeline, step, correlationIds }) => [pipeline, step, correlationIds])).toEqual([]);
    // No collector took for an orphan what was about to be named.
    const evicted = await runner.checkpoints({ state: 'evicted' });
    expect(evicted.filter(({ eviction }) => eviction?.because === 'orphan')).toEqual([]);
    const store = fsStore({ root: join(folder, 'store') });
    for await (const { key } of store.list('objects/')) {
      const bytes = (await store.get(key)) ?? new Uint8Array();
      expect(key).toBe(`objects/${createHash('sha256').update(bytes).digest('hex')}`);
    }
    await store.close();

    // And every task resumes to what it would be.
    const tasks = await runner.tasks.list();
    for (const { correlationId, pipeline } of tasks) {
      const number = Number(pipeline.slice('shared'.length));
      for (const edit of [0, editCount >> 1]) {
        const result = await runner.run(sharedPipeline(number, edit), undefined, { correlationId });
        expect(hashesOf(result)).toEqual(await expected(number, edit));
        expect((await result.table('sum')).numRows).toBe(1);
      }
    }
    expect(events.filter(({ type }) => type === 'checkpoint_damaged')).toEqual([]);

    const removed = collections.flatMap((told) => told.removed ?? []);
    const sum = (values: readonly (number | undefined)[]): number =>
      values.reduce<number>((total, value) => total + (value ?? 0), 0);
    console.info(
      `${runs.length} runs, ${sum(runs.map((told) => told.reused))} steps reused, ${sum(runs.map((told) => told.evicted))} computed again; ` +
        `${removed.length} removals, ${removed.filter(({ kind }) => kind === 'orphan').length} of orphans, ` +
        `${sum(collections.map(({ spared = [] }) => spared.length))} spared; ${kills} killed; ${tasks.length} tasks`,
    );
    expect(runs.length).toBeGreaterThan(10);
    expect(removed.length).toBeGreaterThan(5);
  },
  raceMs + 240_000,
);
