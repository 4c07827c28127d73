import type { CircuitState } from '../events/event.ts';
import type { CircuitSettings } from '../pipeline/circuit-breaker.ts';

/** A circuit breaker as data; {@link admit} and {@link settle} are all that changes it. */
export interface Circuit {
  readonly state: CircuitState;
  /** Grows with every change of the state: what was let through before one says nothing of what is now. */
  readonly era: number;
  /** Failures in a row while it is closed, successes while it is half-open. */
  readonly count: number;
  /** Attempts at work that were let through while it is half-open. */
  readonly trials: number;
  /** When it will be half-open, in milliseconds since the epoch; undefined unless it is open. */
  readonly until: number | undefined;
}

/** What came of an attempt; `none` says nothing about whom the circuit guards. */
export type CircuitVerdict = 'success' | 'failure' | 'none';

/** Every circuit begins so. */
export const closedCircuit: Circuit = { state: 'closed', era: 0, count: 0, trials: 0, until: undefined };

function turned({ era }: Circuit, state: CircuitState, until?: number): Circuit {
  return { state, era: era + 1, count: 0, trials: 0, until };
}

/** The circuit with one more attempt let through; undefined when it lets none through. */
export function admit(circuit: Circuit, settings: CircuitSettings, now: number): Circuit | undefined {
  if (circuit.state === 'closed') return circuit;
  if (circuit.until !== undefined && now < circuit.until) return undefined;
  const halfOpen = circuit.state === 'open' ? turned(circuit, 'half_open') : circuit;
  if (halfOpen.trials >= settings.halfOpenLimit) return undefined;
  return { ...halfOpen, trials: halfOpen.trials + 1 };
}

/** The circuit once an attempt is over that was let through in this era. */
export function settle(
  circuit: Circuit,
  settings: CircuitSettings,
  era: number,
  verdict: CircuitVerdict,
  now: number,
): Circuit {
  if (era !== circuit.era) return circuit;
  const open = (): Circuit => turned(circuit, 'open', now + settings.resetTimeoutMs);
  if (circuit.state === 'half_open') {
    if (verdict === 'failure') return open();
    const count = circuit.count + (verdict === 'success' ? 1 : 0);
    return count >= settings.successThreshold
      ? turned(circuit, 'closed')
      : { ...circuit, count, trials: circuit.trials - 1 };
  }
  if (verdict === 'none') return circuit;
  const count = verdict === 'success' ? 0 : circuit.count + 1;
  return count >= settings.failureThreshold ? open() : { ...circuit, count };
}
