import { createWebRunner, indexedDbStore } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { flightsPipeline } from './flights.ts';

/** What a run of the flights came to. */
export interface FlightsReport {
  readonly seconds: number;
  readonly steps: readonly {
    readonly name: string;
    readonly outcome: string;
    readonly ms: number;
    readonly bytes: number;
  }[];
  readonly contentHash: string | undefined;
  readonly csvBytes: number;
  /** Milliseconds in which the page could do nothing else, the longest first. */
  readonly longTasks: readonly { readonly ms: number; readonly during: string }[];
}

async function runFlights(database: string): Promise<FlightsReport> {
  const longTasks: { ms: number; during: string }[] = [];
  const running = new Map<string, number>();
  const ran: { step: string; from: number; to: number }[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      const at = startTime + duration / 2;
      const during = [
        ...ran.filter(({ from, to }) => from <= at && at <= to).map(({ step }) => step),
        ...[...running].filter(([, from]) => from <= at).map(([step]) => step),
      ].join(', ');
      longTasks.push({ ms: Math.round(duration), during });
    }
  });
  observer.observe({ type: 'longtask' });
  let csvBytes = 0;
  const pipeline = flightsPipeline((blob) => {
    csvBytes = blob.size;
  });
  const runner = createWebRunner({ database, assets: duckDbAssets });
  const begun = performance.now();
  const result = await runner.run(pipeline, undefined, {
    onEvent(event) {
      if (event.type === 'step_start') running.set(event.step, performance.now());
      if (event.type !== 'step_end') return;
      ran.push({ step: event.step, from: running.get(event.step) ?? 0, to: performance.now() });
      running.delete(event.step);
    },
  });
  const seconds = (performance.now() - begun) / 1000;
  await runner.close();
  // An entry is told of a moment after its task.
  await new Promise((resolve) => setTimeout(resolve, 200));
  observer.disconnect();
  const steps = [...result.steps].map(([name, { outcome, durationMs, bytes }]) => ({
    name,
    outcome,
    ms: Math.round(durationMs),
    bytes: bytes ?? 0,
  }));
  return {
    seconds,
    steps,
    contentHash: result.steps.get('ranked')?.contentHash,
    csvBytes,
    longTasks: longTasks.toSorted((one, other) => other.ms - one.ms),
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;

/** Medians in milliseconds of putting 16 MiB, bare and through the store, in turns. */
async function putParts(rounds: number): Promise<{ bare: number; store: number }> {
  const name = `put-${crypto.randomUUID()}`;
  const bareDatabase = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(`${name}-bare`, 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore('blobs'));
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('not opened')));
  });
  const store = indexedDbStore({ database: name });
  const part = new Uint8Array(16 * 1024 * 1024).map((_, at) => at * 31);
  const putBare = (key: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const transaction = bareDatabase.transaction('blobs', 'readwrite', { durability: 'strict' });
      transaction.objectStore('blobs').put(new Blob([part]), key);
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('aborted')));
    });
  const times = { bare: [] as number[], store: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const [kind, put] of [
      ['bare', () => putBare(round)],
      ['store', () => store.put(`objects/${round}`, part, { ifAbsent: true, sync: true })],
    ] as const) {
      const begun = performance.now();
      await put();
      // The first round opens databases.
      if (round > 0) times[kind].push(performance.now() - begun);
    }
  }
  bareDatabase.close();
  await store.close();
  return { bare: median(times.bare), store: median(times.store) };
}

declare global {
  interface Window {
    cairnBench: { runFlights: typeof runFlights; putParts: typeof putParts };
  }
}
window.cairnBench = { runFlights, putParts };
