import { invalidArgument } from '../errors/pipeline-errors.ts';
import type { Dispatcher } from './dispatcher.ts';

const notAll = 'the dispatcher has not run all tasks that it was given, nor thrown an error';

/** What the scheduler needs to know of a step. */
export interface Schedulable {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly after: readonly string[];
}

/** What steps wait for besides the turns of those before them. */
export interface Waiting<Step> {
  /** Settles when a step whose turn is over is committed; undefined when it is. */
  commitOf(step: Step): Promise<unknown> | undefined;
  /** Says whether a step does not wait for the commit of one before it. */
  goesAhead(step: Step, before: Step): boolean;
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
  { commitOf, goesAhead }: Waiting<Step>,
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
      const all = followers.get(step.name) ?? [];
      const commit = all.length === 0 ? undefined : commitOf(step);
      const ahead = (index: number): boolean => goesAhead(steps[index] as Step, step);
      follow(commit === undefined ? all : all.filter(ahead));
      if (commit !== undefined) {
        const others = all.filter((index) => !ahead(index));
        const go = (): void => follow(others);
        void commit.then(go, go);
      }
      if (left === 0) resolve();
    };
    const follow = (indices: readonly number[]): void => {
      let count = 0;
      for (const index of indices) {
        const { name } = steps[index] as Step;
        const before = (waiting.get(name) as number) - 1;
        waiting.set(name, before);
        if (before > 0) continue;
        insert(index);
        count += 1;
      }
      dispatch(count);
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
