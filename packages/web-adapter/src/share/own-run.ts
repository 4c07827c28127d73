import type { CairnEvent, Clock } from '@cairn/core';
import { throttle } from '@cairn/core/plugin';
import type { Message } from './message.ts';
import { plainEvent } from './plain-event.ts';
import { runLog } from './run-log.ts';

/** A run of this page, as it is told to the others. */
export interface OwnRun {
  push(event: CairnEvent): void;
  /** Tells all of it to a page that has come. */
  tellAll(to: string): void;
  /** Nothing more is told. */
  close(): void;
}

/** How a run is told. */
export interface OwnRunOptions {
  readonly runId: string;
  /** Held as long as the run is under way: when it is free, the page is gone. */
  readonly lock: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly post: (message: Message) => void;
}

/** Begins to tell of a run: nothing before the lock is held, for whoever hears of the run waits for it. */
export function ownRun({ runId, lock, intervalMs, clock, post }: OwnRunOptions): OwnRun {
  const all = runLog();
  const untold = runLog();
  let [told, count] = [0, 0];
  let isHeld = false;
  let free = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    free = resolve;
  });

  const tell = throttle(
    intervalMs,
    () => {
      if (!isHeld || told === count) return;
      post({ says: 'this happened', version: 1, runId, first: told, next: count, events: untold.events() });
      untold.clear();
      told = count;
    },
    clock,
  );
  // Where the browser grants no locks, no other page is of this origin.
  navigator.locks
    .request(lock, async () => {
      isHeld = true;
      tell.now();
      await ended;
    })
    .catch(() => undefined);

  return {
    push(event) {
      const plain = plainEvent(event);
      all.push(plain);
      untold.push(plain);
      count += 1;
      if (event.type === 'pipeline_start' || event.type === 'pipeline_end') tell.now();
      else tell.soon();
      if (event.type === 'pipeline_end') free();
    },
    tellAll(to) {
      if (!isHeld) return;
      post({ says: 'this happened', version: 1, to, runId, first: 0, next: count, events: all.events() });
    },
    close: free,
  };
}
