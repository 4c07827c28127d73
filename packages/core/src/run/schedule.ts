/** What the scheduler needs to know of a step. */
export interface Schedulable {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly after: readonly string[];
}

/**
 * Runs steps as soon as everything before them is settled, at most `concurrency` at a time, in the given order where
 * nothing else decides. `run` must not reject: what a failure means for the steps after it is its caller's business.
 */
export async function schedule<Step extends Schedulable>(
  steps: readonly Step[],
  concurrency: number,
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
    let running = 0;
    const next = (): void => {
      while (running < concurrency && ready.length > 0) {
        const step = steps[ready.shift() as number] as Step;
        running += 1;
        run(step).then(() => {
          running -= 1;
          for (const follower of followers.get(step.name) ?? []) {
            const { name } = steps[follower] as Step;
            const left = (waiting.get(name) as number) - 1;
            waiting.set(name, left);
            if (left === 0) insert(follower);
          }
          next();
        }, reject);
      }
      if (running === 0 && ready.length === 0) resolve();
    };
    next();
  });
}
