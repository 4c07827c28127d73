import { effect, type EffectStep, type StepContext } from '@cairn/core';

/** An effect that is done, or fails, when it is told to. */
export interface Held {
  readonly step: EffectStep;
  go(): void;
  fail(error: Error): void;
  progress(done: number, total: number): void;
}

export function held(name: string, ...after: readonly Held[]): Held {
  let go = (): void => undefined;
  let fail = (_error: Error): void => undefined;
  let context: StepContext | undefined;
  const told = new Promise<null>((resolve, reject) => {
    go = () => resolve(null);
    fail = reject;
  });
  told.catch(() => undefined);
  const run = (_: unknown, ctx: StepContext): Promise<null> => {
    context = ctx;
    const stopped = new Promise<never>((_, reject) =>
      ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason), { once: true }),
    );
    return Promise.race([told, stopped]);
  };
  return {
    step: effect(name, {}, run, { version: '1', after: after.map(({ step }) => step) }),
    go: () => go(),
    fail: (error) => fail(error),
    progress: (done, total) => context?.progress(done, total),
  };
}
