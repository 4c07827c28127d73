import { invalidArgument } from '../errors/pipeline-errors.ts';
import type { Dispatcher } from './dispatcher.ts';

const notAll = 'the dispatcher has not run all tasks that it was given, nor thrown an error';

/** What the scheduler needs to know of a step. */
export interface Schedulable {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly after: readonly string[];
}

/**
 * Hands steps to a dispatcher as soon as everything before them is settled; of those that are ready the first in the
 * given order is begun first. `run` must not reject: what a failure means for the steps after it is its caller's
 * business.
 */
export async function schedule<Step extends Schedulable>(
  steps: readonly Step[],
  dispatcher: Dispatcher,
  signal: AbortSignal,
  run: (step: Step) => Promise<void>,
): Promise<void> {
  const waiting = new Map<string, number>();
  const followers = new Map<string, number[]>();
  const ready: number[] = [];
  steps.forEach((step, index) => {
    const before = new Set([...step.inputs, ...step.after]);
    waiting.set(step.name, before.size);
    for (const name of before) {
      const list = followers.get(name);
      if (list === undefined) followers.set(name, [index]);
      else list.push(index);
    }
    if (before.size === 0) ready.push(index);
  });

  const insert = (index: number): void => {
    let position = ready.length;
    while (position > 0 && (ready[position - 1] as number) > index) position -= 1;
    ready.splice(position, 0, index);
  };

  await new Promise<void>((resolve, reject) => {
    let left = steps.length;
    // Which step a task is, is decided when it begins: one that comes first may have become ready since.
    const next = async (): Promise<void> => {
      const step = steps[ready.shift() as number] as Step;
      await run(step);
      left -= 1;
      let count = 0;
      for (const follower of followers.get(step.name) ?? []) {
        const { name } = steps[follower] as Step;
        const before = (waiting.get(name) as number) - 1;
        waiting.set(name, before);
        if (before > 0) continue;
        insert(follower);
        count += 1;
      }
      dispatch(count);
      if (left === 0) resolve();
    };
    const dispatch = (count: number): void => {
      if (count === 0) return;
      let begun = 0;
      const tasks = Array.from({ length: count }, () => () => {
        begun += 1;
        return next();
      });
      const runAll = async (): Promise<void> => {
        await dispatcher.runAll(tasks, { signal });
        // Nobody would ever run them, so that the run would never end.
        if (begun < count) throw invalidArgument('runAll', notAll);
      };
      runAll().catch(reject);
    };
    if (left === 0) resolve();
    dispatch(ready.length);
  });
}
