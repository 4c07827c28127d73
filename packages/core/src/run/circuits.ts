import { circuitOpen } from '../errors/run-errors.ts';
import { joinCircuits, type CircuitsByName, type CircuitSettings } from '../pipeline/circuit-breaker.ts';
import type { Plan, PlannedStep } from '../pipeline/plan.ts';
import { admit, closedCircuit, settle, type Circuit, type CircuitVerdict } from './circuit.ts';
import { tell, type Session } from './session.ts';

/** The circuits of a runner, shared by all its runs. */
export interface Circuits {
  /** Takes note of a plan's circuits. @throws CairnError `invalid_argument` when one is known with other settings */
  define(plan: Plan): void;
  get(name: string): Circuit;
  /** Why the last attempt failed that a circuit counted. */
  lastFailure(name: string): unknown;
  set(name: string, circuit: Circuit, failure?: unknown): void;
}

/** Makes the circuits of a new runner, all of them closed. */
export function circuits(): Circuits {
  let defined: CircuitsByName = new Map();
  const states = new Map<string, Circuit>();
  const failures = new Map<string, unknown>();
  return {
    define({ pipeline, steps }) {
      defined = joinCircuits(pipeline, steps, defined);
    },
    get: (name) => states.get(name) ?? closedCircuit,
    lastFailure: (name) => failures.get(name),
    set(name, circuit, failure) {
      states.set(name, circuit);
      if (failure !== undefined) failures.set(name, failure);
    },
  };
}

/**
 * Does an attempt's work when the step's circuit lets it through, and tells the circuit what came of it.
 *
 * @param judge What a success and a failure say about whom the circuit guards.
 * @throws CairnError `circuit_open` before anything is done; whatever the work throws
 */
export function throughCircuit<Value>(
  session: Session,
  step: PlannedStep,
  judge: (error?: unknown) => CircuitVerdict,
  work: () => Promise<Value>,
): Promise<Value> {
  const { circuitBreaker: settings } = step;
  return settings === undefined ? work() : guarded(session, step, settings, judge, work);
}

async function guarded<Value>(
  session: Session,
  step: PlannedStep,
  settings: CircuitSettings,
  judge: (error?: unknown) => CircuitVerdict,
  work: () => Promise<Value>,
): Promise<Value> {
  const { circuits: all, now } = session.parts;
  const { name } = settings;
  const before = all.get(name);
  const admitted = admit(before, settings, now());
  if (admitted === undefined) throw circuitOpen(name, before, all.lastFailure(name));
  change(session, step, settings, admitted);
  const done = (verdict: CircuitVerdict, error?: unknown): void => {
    const failure = verdict === 'failure' ? error : undefined;
    change(session, step, settings, settle(all.get(name), settings, admitted.era, verdict, now()), failure);
  };
  let value: Value;
  try {
    value = await work();
  } catch (error) {
    done(judge(error), error);
    throw error;
  }
  done(judge());
  return value;
}

function change(
  session: Session,
  step: PlannedStep,
  { name }: CircuitSettings,
  after: Circuit,
  failure?: unknown,
): void {
  const { circuits: all } = session.parts;
  const before = all.get(name);
  all.set(name, after, failure);
  const { state, until } = after;
  if (state === before.state) return;
  tell(session, step, { type: 'circuit_state', circuit: name, before: before.state, state, until });
}
