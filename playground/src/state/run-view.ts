import type { RunHandle, RunSnapshot } from '@cairn/core';
import { createStore, type Readable } from './store.ts';

/** How the current run stands, or the last one of this page. */
export interface RunView extends Readable<RunSnapshot | undefined> {
  /** Shows this run from now on. */
  follow(run: Pick<RunHandle, 'subscribe' | 'getSnapshot'>): void;
  clear(): void;
}

/** A view that follows one run after the other. */
export function createRunView(): RunView {
  const store = createStore<RunSnapshot | undefined>(undefined);
  let stop: () => void = () => undefined;
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    follow(run) {
      stop();
      stop = run.subscribe(() => store.set(run.getSnapshot()));
    },
    clear() {
      stop();
      store.set(undefined);
    },
  };
}
