import type {
  Pipeline,
  PipelineParams,
  PipelineStages,
  PipelineSteps,
  RunOptions,
  RunResult,
  RunSnapshot,
} from '@cairn/core';
import { invalidArgument } from '@cairn/core/plugin';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { useRunner } from './provider.ts';
import { runSlot } from './run-slot.ts';
import { useLatest } from './use-latest.ts';

/** Options of {@link useRun}: those of the runs, and what becomes of one when the component goes. */
export interface UseRunOptions<Stages extends string = string> extends RunOptions<Stages> {
  /** Whether a run that is under way is cancelled when the component goes. What it has committed is reused by the next one. @default true */
  readonly cancelOnUnmount?: boolean;
}

/** What {@link useRun} returns. */
export interface UsedRun<Steps extends string = string, Stages extends string = string> {
  /**
   * Begins a run, with the options and whatever is given besides; nothing while one is under way. The same function in every render.
   *
   * @example
   * <button onClick={() => start({ force: ['report'] })}>Run anew</button>
   */
  start(options?: RunOptions<Stages>): void;
  /** Cancels the run; resolves when it has ended. The same function in every render. */
  cancel(reason?: unknown): Promise<void>;
  readonly isRunning: boolean;
  /** How the run stands, or how the last one ended; undefined until one has begun. */
  readonly snapshot: RunSnapshot | undefined;
  /** Once it has succeeded. */
  readonly result: RunResult<Steps> | undefined;
  /** What it failed of; of code `canceled` when it was cancelled. */
  readonly error: Error | undefined;
}

/**
 * Runs a pipeline with the provider's runner, one run at a time.
 *
 * @param pipeline Undefined while there is none, such as while its text is not right.
 * @example
 * const { start, cancel, isRunning, snapshot, error } = useRun(pipeline, params, { correlationId: 'orders' });
 */
export function useRun<P extends Pipeline>(
  pipeline: P | undefined,
  params?: PipelineParams<P>,
  options: UseRunOptions<PipelineStages<P>> = {},
): UsedRun<PipelineSteps<P>, PipelineStages<P>> {
  const runner = useRunner();
  const [slot] = useState(runSlot);
  const latest = useLatest({ runner, pipeline, params, options });
  const state = useSyncExternalStore(slot.subscribe, slot.getSnapshot, slot.getSnapshot);

  const start = useCallback(
    (more: RunOptions<PipelineStages<P>> = {}) => {
      slot.start(() => {
        const { runner, pipeline, params, options } = latest.current;
        if (pipeline === undefined) throw invalidArgument('useRun', 'has no pipeline to run');
        const { cancelOnUnmount: _, ...rest } = options;
        return runner.start(pipeline, params, { ...rest, ...more });
      });
    },
    [slot, latest],
  );
  useEffect(
    () => () => {
      if (latest.current.options.cancelOnUnmount !== false)
        void slot.cancel('the component that ran it is gone');
    },
    [slot, latest],
  );
  const { isRunning, snapshot, error } = state;
  const result = state.result as RunResult<PipelineSteps<P>> | undefined;
  return { start, cancel: slot.cancel, isRunning, snapshot, result, error };
}
