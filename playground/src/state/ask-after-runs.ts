import { createAsker, type Asked } from './asked.ts';
import type { Session } from './session.ts';
import type { Readable } from './store.ts';

/** What is asked when somebody wants to know, and again when a run has ended. */
export interface AskedAfterRuns<Value> extends Readable<Asked<Value>> {
  load(): void;
}

/** Asks again after each run of the session, in this tab or in another one, as long as somebody listens. */
export function askAfterRuns<Value>(
  { run, forecast, view }: Session,
  read: () => Promise<Value>,
): AskedAfterRuns<Value> {
  const asker = createAsker<Value>();
  let listeners = 0;
  let stop = (): void => undefined;
  let loaded: string | undefined;

  const last = (): string => {
    const { run: seen } = view.getSnapshot();
    return `${seen?.runId ?? ''} ${seen?.status ?? ''}`;
  };
  const load = (): void => {
    loaded = last();
    void asker.ask(read);
  };
  /** What a run of this tab has made is stored when it has ended; of another tab, by the time the forecast is known. */
  const follow = (): void => {
    const isAtWork = ['running', 'canceling'].includes(run.getSnapshot().status);
    if (isAtWork || forecast.getSnapshot().status === 'asking' || loaded === last()) return;
    if (view.getSnapshot().running === 'nowhere') load();
  };
  return {
    getSnapshot: asker.getSnapshot,
    load,
    subscribe(listener) {
      if ((listeners += 1) === 1) {
        const stops = [run.subscribe(follow), forecast.subscribe(follow)];
        stop = () => stops.forEach((one) => one());
      }
      const end = asker.subscribe(listener);
      return () => {
        end();
        if ((listeners -= 1) === 0) stop();
      };
    },
  };
}
