import type { CairnEvent } from '@cairn/core';
import type { Message } from './message.ts';
import { revivedEvent } from './plain-event.ts';

/** A run of another page, whose page is gone before the run had ended. */
export interface LostRun {
  readonly runId: string;
  readonly pipeline: string;
  readonly correlationId: string | null;
  readonly attempt: number;
}

/** The runs of other pages. */
export interface WatchedRuns {
  hear(message: Extract<Message, { readonly says: 'this happened' }>): void;
}

/** What is done about them. */
export interface WatchedRunsOptions {
  readonly lockOf: (runId: string) => string;
  readonly closing: AbortSignal;
  readonly push: (event: CairnEvent) => void;
  /** Something was missed. */
  readonly ask: () => void;
  readonly lost: (run: LostRun) => void;
}

/** A run's last words and its lock go different ways: the words may come a moment later. */
const lastWordsMs = 500;

export function watchedRuns({ lockOf, closing, push, ask, lost }: WatchedRunsOptions): WatchedRuns {
  /** How many events are known of each. */
  const known = new Map<string, { next: number; readonly run: LostRun }>();

  const waitFor = async (runId: string): Promise<void> => {
    try {
      await navigator.locks.request(lockOf(runId), { mode: 'shared', signal: closing }, () => undefined);
    } catch {
      return;
    }
    if (known.has(runId)) await new Promise((resolve) => setTimeout(resolve, lastWordsMs));
    const run = known.get(runId)?.run;
    if (run === undefined || closing.aborted) return;
    known.delete(runId);
    lost(run);
  };

  return {
    hear({ runId, first, next, events }) {
      const before = known.get(runId);
      const since = before?.next ?? 0;
      if (next <= since) return;
      // Either all of it, or what follows on what is known.
      if (first !== 0 && first !== since) return ask();
      const told = events.map(revivedEvent);
      const [start] = told;
      if (before !== undefined) before.next = next;
      else if (start?.type === 'pipeline_start') {
        const { pipeline, correlationId, attempt } = start;
        known.set(runId, { next, run: Object.freeze({ runId, pipeline, correlationId, attempt }) });
        void waitFor(runId);
      }
      for (const event of told) push(event);
      if (told.at(-1)?.type === 'pipeline_end') known.delete(runId);
    },
  };
}
