import type { StepContext, TransformRun } from '@cairn/core';
import type { Contributions } from '@cairn/core/plugin';

/** What plugins contribute, with transforms that can be told to throw in the middle of their work. */
export function breakableTransforms(registry: Contributions, isThrowing: () => boolean): Contributions {
  return {
    ...registry,
    transform(name, options) {
      const made = registry.transform(name, options);
      return { ...made, run: breakable(made.run, isThrowing) };
    },
  };
}

/** A transform says how far it is, so that is where it can be made to throw; one that does not throws when it returns. */
function breakable(run: TransformRun, isThrowing: () => boolean): TransformRun {
  return async (inputs, context) => {
    if (!isThrowing()) return run(inputs, context);
    const progress: StepContext['progress'] = (done, total) => {
      context.progress(done, total);
      if (total === undefined || done * 2 >= total)
        throw new TypeError(`thrown on purpose after ${done} rows`);
    };
    await run(inputs, Object.create(context, { progress: { value: progress } }) as StepContext);
    throw new TypeError('thrown on purpose');
  };
}
