import { checkCount } from '../pipeline/check.ts';

/** Runs the tasks that a run hands to it as its steps become ready; replaceable, to decide how many run at a time, and where. */
export interface Dispatcher {
  /**
   * Runs all tasks, each once. A task that fails stops no other one. An empty list is nothing to do.
   *
   * It is called again, while earlier calls are under way and after they have ended, since a step that is done makes others
   * ready, at once or when what it made is committed.
   *
   * @param options `signal` is aborted when the run is to end: tasks that are begun after that end at once.
   * @throws the first error in the order of the tasks, once all have ended
   */
  runAll(tasks: readonly (() => Promise<void>)[], options: { readonly signal: AbortSignal }): Promise<void>;
}

/**
 * The default: runs tasks in the order in which they come, a number of them at a time over all its calls.
 *
 * @param concurrency From 1 on.
 * @throws CairnError `invalid_argument`
 */
export function boundedDispatcher(concurrency: number): Dispatcher {
  checkCount('boundedDispatcher', 'concurrency', concurrency, 1);
  const waiting: (() => void)[] = [];
  let running = 0;
  const enter = (): Promise<void> | undefined => {
    running += 1;
    if (running <= concurrency) return undefined;
    return new Promise((resolve) => {
      waiting.push(resolve);
    });
  };
  const leave = (): void => {
    running -= 1;
    waiting.shift()?.();
  };
  const run = async (task: () => Promise<void>): Promise<void> => {
    const entering = enter();
    if (entering !== undefined) await entering;
    try {
      await task();
    } finally {
      leave();
    }
  };
  return {
    async runAll(tasks) {
      const [first] = tasks;
      if (first !== undefined && tasks.length === 1) return run(first);
      const ends = await Promise.allSettled(tasks.map(run));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}
