import type { Engine } from '@cairn/core';
import { definePlugin, type Plugin, type StepRunContext } from '@cairn/core/plugin';
import type { Faults } from '../state/faults.ts';

/** What breaks a runner's runs, and what its store and transforms have to know of it. */
export interface Breaking {
  /** For the runner: its hooks stand around each step. */
  readonly plugin: Plugin;
  /** Whether the disk is full. */
  isFull(): boolean;
  /** Whether the transform that runs now is to throw. */
  isThrowing(): boolean;
}

/** How long a step has been at work when its engine is ended or its page reloaded, in milliseconds. */
const middleMs = 50;

/** Breaks steps as the faults say, from a plugin's hooks as anybody could write them. */
export function breaking(faults: Faults, engine: Engine, reload: () => void): Breaking {
  let [isFull, isThrowing] = [false, false];
  /** Tables on their way to the store: SQL begins before what it reads is there. */
  const unwritten = new Set<string>();
  const listeners = new Set<() => void>();
  const written = (name: string): void => {
    unwritten.delete(name);
    for (const listener of listeners) listener();
  };
  /** Resolves once what the step reads is stored, so that what breaks then breaks nothing else. */
  const inputsOf = ({ step, signal }: StepRunContext): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!signal.aborted && step.inputs.some((name) => unwritten.has(name))) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });

  const plugin = definePlugin({
    name: 'break-it',
    version: '1',
    hooks: {
      async aroundStep(context, next) {
        const { name } = context.step;
        unwritten.add(name);
        switch (faults.strike(name)) {
          case 'fail':
            throw new Error(`it was told to fail at '${name}'`);
          case 'throw':
            isThrowing = true;
            await next().finally(() => {
              isThrowing = false;
            });
            return;
          case 'quota':
            await next();
            await inputsOf(context);
            isFull = true;
            return;
          case 'worker': {
            const made = next();
            await pause();
            // This terminates the worker, as a crash would; the next call starts another one.
            await engine.close();
            await made;
            return;
          }
          case 'reload': {
            await Promise.all([next(), inputsOf(context), pause()]);
            reload();
            // What is committed while the page is on its way out would be in the middle of nothing.
            await new Promise(() => undefined);
            return;
          }
          default:
            await next();
        }
      },
      checkpointWritten: ({ step }) => written(step.name),
      stepError: ({ step }) => written(step.name),
      runEnd() {
        isFull = false;
        for (const name of unwritten) written(name);
      },
    },
  });
  return { plugin, isFull: () => isFull, isThrowing: () => isThrowing };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, middleMs));
}
