import { errorFacts, type CairnEvent, type ErrorFacts } from '@cairn/core';

/** Something that a run wants people to know of, though it goes on. */
export interface RunWarning {
  /** The event that told it. */
  readonly type: 'warning' | 'checkpoint_damaged' | 'cleanup_failed' | 'circuit_state';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly message: string;
  /** The step that it is about. */
  readonly step?: string | undefined;
  readonly error?: ErrorFacts | undefined;
}

/** The warning that an event amounts to, if any. */
export function warningOf(event: CairnEvent): RunWarning | undefined {
  const { at } = event;
  switch (event.type) {
    case 'warning': {
      const { type, message, details } = event;
      const { step, error } = details;
      return Object.freeze({
        type,
        at,
        message,
        ...(typeof step === 'string' ? { step } : {}),
        ...(error instanceof Error ? { error: errorFacts(error) } : {}),
      });
    }
    case 'checkpoint_damaged': {
      const { type, step, error } = event;
      return Object.freeze({ type, at, message: error.message, step, error: errorFacts(error) });
    }
    case 'cleanup_failed': {
      const { type, error } = event;
      return Object.freeze({ type, at, message: error.message, error: errorFacts(error) });
    }
    case 'circuit_state': {
      const { type, step, circuit, state } = event;
      return Object.freeze({
        type,
        at,
        message: `The circuit '${circuit}' is ${state.replace('_', '-')}`,
        step,
      });
    }
    default:
      return undefined;
  }
}
