import { isCairnError, type CairnEvent } from '@cairn/core';
import { createWebRunner, indexedDbStore, shareRuns, type SharedRuns } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { pipeline } from './pipeline.ts';
import { watchedStore } from './watched-store.ts';

/** How one run is to be. */
export interface Order {
  readonly database: string;
  readonly stop?: { readonly at: number; readonly when: 'before' | 'after' };
  readonly correlationId?: string;
  readonly force?: readonly string[];
  /** Wait for whoever has the task. */
  readonly wait?: boolean;
  /** Show it to the other tabs. */
  readonly share?: boolean;
}

/** What came of it. */
export interface Report {
  readonly error?: { readonly code: string; readonly cause: string | undefined; readonly message: string };
  readonly outcomes: Readonly<Record<string, string>>;
  readonly contentHash: string | undefined;
}

const shared = isSecureContext ? shareRuns({ channel: 'tabs' }) : undefined;
const tell = (text: string): void => console.info(`cairn ${text}`);

function onEvent(event: CairnEvent): void {
  if (event.type === 'step_start') tell(`start ${event.step}`);
  // What was told to be done is done, whatever happens next.
  if (event.type === 'step_end') tell(`end ${event.step} ${event.status}`);
}

async function run({
  database,
  stop,
  correlationId = 'task',
  force = [],
  wait = false,
  share = false,
}: Order): Promise<Report> {
  try {
    const store = watchedStore(indexedDbStore({ database }), stop, tell);
    const runner = createWebRunner({
      store,
      assets: duckDbAssets,
      observers: share && shared ? [shared.observer] : [],
    });
    try {
      const bindLockTimeoutMs = wait ? Infinity : 0;
      await using task = await runner.bind(pipeline, undefined, { correlationId, bindLockTimeoutMs });
      const result = await task.execute({ force, onEvent });
      const steps = [...result.steps];
      return {
        outcomes: Object.fromEntries(steps.map(([name, { outcome }]) => [name, outcome])),
        contentHash: result.steps.get('last')?.contentHash,
      };
    } finally {
      await runner.close();
    }
  } catch (error) {
    const code = isCairnError(error) ? error.code : String(error);
    const cause = error instanceof Error && isCairnError(error.cause) ? error.cause.code : undefined;
    return {
      error: { code, cause, message: error instanceof Error ? error.message : '' },
      outcomes: {},
      contentHash: undefined,
    };
  }
}

/** Reads every part that a database keeps, and counts the bytes. */
async function read(database: string): Promise<number> {
  const store = indexedDbStore({ database });
  let bytes = 0;
  for await (const { key } of store.list('objects/')) bytes += (await store.get(key))?.length ?? NaN;
  await store.close();
  return bytes;
}

/** Takes the task from whoever has it, and gives it back. */
async function steal(database: string): Promise<void> {
  const store = indexedDbStore({ database });
  const lease = await store.acquire(`correlations/task/${pipeline.name}/`, { force: true });
  await lease.release();
  await store.close();
}

declare global {
  interface Window {
    cairnSteal(database: string): Promise<void>;
    cairnRun(order: Order): Promise<Report>;
    cairnRead(database: string): Promise<number>;
    /** The reports of runs that a page went on with while nobody waited. */
    cairnReports: Report[];
    /** What this tab and the others run. */
    cairnShared: SharedRuns;
  }
}

window.cairnReports = [];
if (shared) window.cairnShared = shared;
window.cairnRead = read;
window.cairnSteal = steal;
window.cairnRun = async (order) => {
  const report = await run(order);
  window.cairnReports.push(report);
  return report;
};
tell('ready');
