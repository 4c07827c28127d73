import type { RunHandle, RunResult, RunSnapshot } from '@cairn/core';
import { canceled } from '@cairn/core/plugin';
import { asError } from './as-error.ts';

/** How the run of a {@link RunSlot} stands. */
export interface RunSlotState {
  readonly isRunning: boolean;
  readonly snapshot: RunSnapshot | undefined;
  readonly result: RunResult | undefined;
  readonly error: Error | undefined;
}

/** Room for one run at a time. */
export interface RunSlot {
  subscribe(listener: () => void): () => void;
  getSnapshot(): RunSlotState;
  /** Begins a run, unless one is under way; one that is being cancelled is waited for. */
  start(begin: () => RunHandle): void;
  /** Resolves when the run has ended. */
  cancel(reason?: unknown): Promise<void>;
}

interface Turn {
  handle?: RunHandle;
  canceled?: { readonly reason: unknown };
  ended: Promise<void>;
}

const empty: RunSlotState = Object.freeze({
  isRunning: false,
  snapshot: undefined,
  result: undefined,
  error: undefined,
});

export function runSlot(): RunSlot {
  const listeners = new Set<() => void>();
  let state = empty;
  let current: Turn | undefined;

  /** Of a run that another one follows, nothing is shown any more. */
  const show = (turn: Turn, facts: Partial<RunSlotState>): void => {
    if (turn !== current) return;
    state = Object.freeze({ ...state, ...facts });
    for (const listener of listeners) listener();
  };
  const go = async (turn: Turn, before: Promise<void> | undefined, begin: () => RunHandle): Promise<void> => {
    await before;
    let end: Partial<RunSlotState>;
    let stop = (): void => undefined;
    try {
      if (turn.canceled !== undefined) throw canceled('The run', turn.canceled.reason);
      const handle = begin();
      turn.handle = handle;
      stop = handle.subscribe(() => show(turn, { snapshot: handle.getSnapshot() }));
      end = { result: await handle.result };
    } catch (error) {
      end = { error: asError(error) };
    }
    stop();
    show(turn, { ...end, isRunning: false, snapshot: turn.handle?.getSnapshot() });
  };

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    getSnapshot: () => state,
    start(begin) {
      if (state.isRunning && current?.canceled === undefined) return;
      const before = current?.ended;
      const turn: Turn = { ended: Promise.resolve() };
      current = turn;
      show(turn, { ...empty, isRunning: true });
      turn.ended = go(turn, before, begin);
    },
    async cancel(reason) {
      const turn = current;
      if (turn === undefined || !state.isRunning) return;
      turn.canceled ??= { reason };
      await turn.handle?.cancel(reason);
      await turn.ended;
    },
  };
}
