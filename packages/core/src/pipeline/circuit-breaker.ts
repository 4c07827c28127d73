import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import { checkCount, checkKeys } from './check.ts';
import { maxTimerMs } from './retry.ts';

/** When a circuit opens and closes. Steps whose circuits have one name share it, in all pipelines of a runner. */
export interface CircuitBreakerOptions {
  /** What the circuit is known by: the service behind it, mostly. @default '<pipeline>/<step>' */
  readonly name?: string | undefined;
  /** How many failures in a row open it; a success counts them from 0 again. @default 5 */
  readonly failureThreshold?: number | undefined;
  /** How long it stays open, in milliseconds; then it is half-open. @default 60000 */
  readonly resetTimeoutMs?: number | undefined;
  /** How many successes close it when it is half-open; one failure opens it again. @default 2 */
  readonly successThreshold?: number | undefined;
  /** How many attempts it lets through at the same time when it is half-open. @default 1 */
  readonly halfOpenLimit?: number | undefined;
}

/** {@link CircuitBreakerOptions}, checked and with defaults. */
export interface CircuitSettings {
  readonly name: string;
  readonly failureThreshold: number;
  readonly resetTimeoutMs: number;
  readonly successThreshold: number;
  readonly halfOpenLimit: number;
}

const known = ['name', 'failureThreshold', 'resetTimeoutMs', 'successThreshold', 'halfOpenLimit'];

/**
 * @param own The name of a circuit that is not given one.
 * @param given A name, or `true`, for the defaults.
 * @returns Undefined for `false`.
 * @throws CairnError `invalid_argument`
 */
export function circuitSettings(
  where: string,
  own: string,
  given: boolean | string | CircuitBreakerOptions,
): CircuitSettings | undefined {
  if (given === false) return undefined;
  const options = given === true ? {} : typeof given === 'string' ? { name: given } : given;
  checkKeys(where, options, known, 'circuitBreaker option');
  const {
    name = own,
    failureThreshold = 5,
    resetTimeoutMs = 60_000,
    successThreshold = 2,
    halfOpenLimit = 1,
  } = options;
  if (typeof name !== 'string' || name === '')
    throw invalidArgument(
      where,
      `circuitBreaker.name must be a text that is not empty, not ${describe(name)}`,
    );
  for (const [option, value] of Object.entries({ failureThreshold, successThreshold, halfOpenLimit }))
    checkCount(where, `circuitBreaker.${option}`, value, 1);
  if (!(typeof resetTimeoutMs === 'number' && resetTimeoutMs >= 0 && resetTimeoutMs <= maxTimerMs))
    throw invalidArgument(
      where,
      `circuitBreaker.resetTimeoutMs must be a number from 0 to ${maxTimerMs}, not ${describe(resetTimeoutMs)}`,
    );
  return Object.freeze({ name, failureThreshold, resetTimeoutMs, successThreshold, halfOpenLimit });
}

/** Circuits by their names. */
export type CircuitsByName = ReadonlyMap<string, CircuitSettings>;

/**
 * The circuits of steps, together with those that are known already.
 *
 * @throws CairnError `invalid_argument` when one name has two settings
 */
export function joinCircuits(
  pipeline: string,
  steps: readonly { readonly name: string; readonly circuitBreaker: CircuitSettings | undefined }[],
  before: CircuitsByName = new Map(),
): CircuitsByName {
  const joined = new Map(before);
  for (const { name: step, circuitBreaker: settings } of steps) {
    if (settings === undefined) continue;
    const other = joined.get(settings.name) ?? settings;
    joined.set(settings.name, other);
    for (const option of ['failureThreshold', 'resetTimeoutMs', 'successThreshold', 'halfOpenLimit'] as const)
      if (other[option] !== settings[option])
        throw invalidArgument(
          `Step '${step}' of pipeline '${pipeline}'`,
          `circuit '${settings.name}' has ${option} ${settings[option]} here and ${other[option]} elsewhere: a circuit has one definition in a runner`,
        );
  }
  return joined;
}
