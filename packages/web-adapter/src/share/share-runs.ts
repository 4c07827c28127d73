import type { CairnEvent, Observer } from '@cairn/core';
import { checkKeys, invalidArgument } from '@cairn/core/plugin';
import { insecureContext } from '@cairn/core/store';
import type { RunView, RunViewOptions, RunViewSnapshot } from '../view/run-view.ts';
import { viewOptions, viewRuns } from '../view/view-runs.ts';
import { isMessage, type Message } from './message.ts';
import { ownRun, type OwnRun } from './own-run.ts';
import { watchedRuns, type LostRun } from './watched-runs.ts';

/** Options of {@link shareRuns}: those of `runView`, and who shares. */
export interface ShareRunsOptions extends RunViewOptions {
  /** Pages of one origin that name the same channel share their runs. @default 'cairn' */
  readonly channel?: string;
}

/** A run that has nobody any more: its page was closed, reloaded or killed in the middle. */
export interface Vacancy extends LostRun {
  /**
   * Says that this page takes it over. True for one page only, for as long as that is open.
   *
   * @example
   * shared.onVacant(async (vacancy) => {
   *   if (await vacancy.take()) await runner.run(pipeline, params);
   * });
   */
  take(): Promise<boolean>;
}

/** The runs of all pages that share a channel. */
export interface SharedRuns {
  /** For `observers` of this page's runner. It tells this page's view, and the other pages. */
  readonly observer: Observer;
  /** Shows this page's run, or the one of another page while there is none here. */
  readonly view: RunView;
  /** Where a run is under way. */
  readonly running: RunViewSnapshot['running'];
  /**
   * Calls back, in every page that is left, when the page of a run is gone before the run had ended. Returns a function that
   * ends it.
   */
  onVacant(listener: (vacancy: Vacancy) => void | Promise<void>): () => void;
  /** Neither tells nor hears any more; a run that is under way here counts as gone for the others. Idempotent. */
  close(): void;
}

/**
 * Lets several tabs see the same runs: what happens in the one that runs is told over a `BroadcastChannel`, and shown by the views of
 * the others. One that comes later is told what has happened so far. They only watch: nothing that another page does reaches the run.
 * A run holds a Web Lock, which the browser frees with its page, so the others notice when it is gone.
 *
 * @throws CairnError `invalid_argument`, `insecure_context`
 * @example
 * const shared = shareRuns({ channel: 'my-app' });
 * const runner = createWebRunner({ assets: duckDbAssets, observers: [shared.observer] });
 * shared.view.subscribe(() => draw(shared.view.getSnapshot()));
 */
export function shareRuns(options: ShareRunsOptions = {}): SharedRuns {
  checkKeys('shareRuns', options, ['channel', ...viewOptions], 'option');
  const { channel: name = 'cairn', ...viewed } = options;
  if (typeof name !== 'string' || name === '')
    throw invalidArgument('shareRuns', "option 'channel' must be text that is not empty");
  const runs = viewRuns('shareRuns', viewed);
  if (!isSecureContext || navigator.locks === undefined) throw insecureContext();
  const { intervalMs = 50, clock = Date } = viewed;

  const me = crypto.randomUUID();
  const closing = new AbortController();
  const listeners = new Set<(vacancy: Vacancy) => void | Promise<void>>();
  const own = new Map<string, OwnRun>();
  const channel = new BroadcastChannel(`cairn runs ${name}`);
  const post = (message: Message): void => {
    if (!closing.signal.aborted) channel.postMessage(message);
  };
  const ask = (): void => post({ says: 'what runs?', version: 1, from: me });
  const lockOf = (runId: string): string => `cairn runs ${name} ${runId}`;

  const take = async (runId: string): Promise<boolean> =>
    new Promise((resolve, reject) => {
      navigator.locks
        .request(`${lockOf(runId)} taken`, { ifAvailable: true }, async (lock) => {
          resolve(lock !== null);
          if (lock === null || closing.signal.aborted) return;
          await new Promise((done) => closing.signal.addEventListener('abort', done, { once: true }));
        })
        .catch(reject);
    });

  const others = watchedRuns({
    lockOf,
    ask,
    closing: closing.signal,
    push: (event) => runs.push(event, 'elsewhere'),
    lost(run) {
      runs.interrupt(run.runId);
      const vacancy: Vacancy = Object.freeze({ ...run, take: () => take(run.runId) });
      for (const listener of listeners) Promise.resolve(vacancy).then(listener).catch(reportError);
    },
  });
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (!isMessage(data)) return;
    if (data.says === 'what runs?') for (const run of own.values()) run.tellAll(data.from);
    else if (data.to === undefined || data.to === me) others.hear(data);
  });
  ask();

  const observer: Observer = {
    name: 'share',
    onEvent(event: CairnEvent) {
      runs.push(event);
      if (closing.signal.aborted) return;
      const { runId } = event;
      if (event.type === 'pipeline_start') {
        own.set(runId, ownRun({ runId, lock: lockOf(runId), intervalMs, clock, post }));
      }
      own.get(runId)?.push(event);
      if (event.type === 'pipeline_end') own.delete(runId);
    },
  };
  const { subscribe, getSnapshot, reset } = runs;
  return Object.freeze({
    observer: Object.freeze(observer),
    view: Object.freeze({ observer, subscribe, getSnapshot, reset }),
    get running() {
      return runs.running;
    },
    onVacant(listener: (vacancy: Vacancy) => void | Promise<void>) {
      const once = (vacancy: Vacancy): void | Promise<void> => listener(vacancy);
      listeners.add(once);
      return () => void listeners.delete(once);
    },
    close() {
      if (closing.signal.aborted) return;
      closing.abort();
      channel.close();
      for (const run of own.values()) run.close();
    },
  });
}
