import { errorFacts, type RunPlan } from '@cairn/core';
import type { Defined, Definition } from './definition.ts';
import { lastPlan, type Forecast } from './forecast.ts';
import type { World } from './ports.ts';
import { createStore, type Readable } from './store.ts';

/** How long after a text is read it is asked what a run would do, in milliseconds. */
const planAfterMs = 250;

/** What the next run would do, asked after each change of what it depends on. */
export interface Foresight {
  readonly forecast: Readable<Forecast>;
  /** Asks now: something else than the text has changed. */
  ask(): Promise<void>;
  /** Does not ask for what was read a moment ago. */
  hold(): void;
  /** What a run that begins was to do says nothing of the next one. */
  outdate(): void;
  close(): void;
}

/** Foresees the runs of what is defined. */
export function foresee(
  definition: Readable<Definition>,
  {
    plan,
    isAtWork,
    later,
    closed,
  }: {
    plan(defined: Defined): Promise<RunPlan>;
    /** Whether a run is under way: it changes the answer at every step, so nothing is asked. */
    isAtWork(): boolean;
    readonly later: World['later'];
    readonly closed: AbortSignal;
  },
): Foresight {
  const forecast = createStore<Forecast>({ status: 'none' });
  /** Counts questions, so that an answer that comes too late is dropped. */
  let question = 0;
  let hold = (): void => undefined;

  const ask = async (): Promise<void> => {
    const defined = definition.getSnapshot();
    const own = ++question;
    if (defined.status !== 'defined') {
      forecast.set({ status: 'none' });
      return;
    }
    if (isAtWork()) return;
    if (forecast.getSnapshot().status !== 'past')
      forecast.set({ status: 'asking', before: lastPlan(forecast.getSnapshot()) });
    const answer = await plan(defined).then(
      (known): Forecast => ({ status: 'known', plan: known }),
      (error: unknown): Forecast => ({ status: 'failed', error: errorFacts(error) }),
    );
    if (own === question && !closed.aborted) forecast.set(answer);
  };
  const unwatch = definition.subscribe(() => {
    if (definition.getSnapshot().status === 'reading') return;
    hold();
    hold = later(planAfterMs, () => void ask());
  });

  return {
    forecast,
    ask,
    hold: () => hold(),
    outdate() {
      const before = lastPlan(forecast.getSnapshot());
      if (before !== undefined) forecast.set({ status: 'past', before });
    },
    close() {
      hold();
      unwatch();
    },
  };
}
