import { isCairnError } from '../errors/cairn-error.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { SinkConnector, SourceConnector } from '../pipeline/connector.ts';
import { isParam } from '../pipeline/param.ts';
import { planChecks } from '../pipeline/plan-checks.ts';
import type { Json } from '../pipeline/json.ts';
import type { Step } from '../pipeline/step.ts';
import type { Check } from '../pipeline/table-check.ts';
import type { Contributions, NamedKind } from '../plugin/contributions.ts';
import { Unwritable } from './unwritable.ts';
import { writeSql, type WriteSqlScope } from './write-sql.ts';
import { writeValue } from './write-values.ts';

/** What a step is written against. */
export interface WriteScope extends WriteSqlScope {
  readonly registry: Contributions;
  /** Told of each part that is left out. */
  leaveOut(what: string, why: string): void;
}

/** An entry of a process, as YAML has it; undefined when the step is nothing without what YAML cannot hold. */
export function writeStep(step: Step, scope: WriteScope): Readonly<Record<string, unknown>> | undefined {
  const { after = [], checks = [], rollback, onCancel, retry, version: _, ...options } = step.options;
  for (const [name, hook] of Object.entries({ rollback, onCancel }))
    if (hook !== undefined) scope.leaveOut(`option '${name}'`, 'it is a function');
  const written = checks.flatMap((check) => writeCheck(step, check, scope) ?? []);
  const more = {
    ...options,
    ...(retry === undefined ? {} : { retry: writeRetry(retry, scope) }),
    ...(after.length === 0 ? {} : { after: after.map(({ name }) => name) }),
    ...(written.length === 0 ? {} : { checks: written }),
  };
  try {
    return { ...writeCore(step, scope), ...more };
  } catch (error) {
    if (error instanceof Unwritable) scope.leaveOut('the step', error.message);
    else if (isCairnError(error)) scope.leaveOut('the step', error.message);
    else throw error;
    return undefined;
  }
}

function writeCore(step: Step, scope: WriteScope): Readonly<Record<string, unknown>> {
  const { name } = step;
  switch (step.kind) {
    case 'source':
      return { source: name, from: writeConnector('source', step.connector, scope.registry) };
    case 'sql':
      if (step.sql.raw) scope.leaveOut('sql.raw', 'its text is written, and that it was pasted is not');
      return { step: name, ...writeSql(step, scope) };
    case 'fanIn':
      return { fanIn: name, inputs: step.inputs.map((input) => input.name) };
    case 'sink':
      return {
        sink: name,
        input: step.input.name,
        to: writeConnector('sink', step.connector, scope.registry),
      };
    default:
      throw new Unwritable(`its code is a function`);
  }
}

function writeRetry(retry: NonNullable<Step['options']['retry']>, scope: WriteScope): unknown {
  if (typeof retry === 'boolean') return retry;
  const { retryOn, ...rest } = retry;
  if (typeof retryOn === 'function') scope.leaveOut("option 'retry.retryOn'", 'it is a function');
  return { ...rest, ...(Array.isArray(retryOn) ? { retryOn } : {}) };
}

/** The connector by its name, with options of which it is made again. */
function writeConnector(
  kind: 'source' | 'sink',
  connector: SourceConnector | SinkConnector,
  registry: Contributions,
): unknown {
  const { type, location, options } = connector;
  const { identifiedBy } = connector as SourceConnector;
  const given = { ...location, ...options };
  // What identifies a source's bytes is in neither of them.
  const candidates = [given, ...(identifiedBy === undefined ? [] : [{ ...given, identity: identifiedBy }])];
  return writeContribution(kind, type, candidates, registry, (made) => {
    const other = made as SourceConnector;
    return (
      other.type === type &&
      other.identifiedBy === identifiedBy &&
      isSame(other.location, location) &&
      isSame(other.options, options)
    );
  });
}

function writeCheck(step: Step, check: Check, scope: WriteScope): unknown {
  const { type, name, severity = 'error', keepRows, options, inputs = [] } = check;
  const usual = {
    ...(severity === 'error' ? {} : { severity }),
    ...(keepRows === undefined ? {} : { keepRows }),
  };
  const [other] = inputs;
  const candidates = [options, { ...options, step: other }, { sql: options['condition'] }].flatMap(
    (given) => [
      { ...given, ...usual },
      { ...given, ...usual, name },
    ],
  );
  const params = Object.fromEntries(namesIn(options).map((param) => [param, null]));
  const described = (one: Check): string => {
    const [planned] = planChecks(scope.pipeline, step.name, [one], params);
    const { check: _, options: __, ...rest } = planned ?? { check: undefined, options: undefined };
    return canonicalJson(rest);
  };
  try {
    const wanted = described(check);
    return writeContribution(
      'check',
      type,
      candidates,
      scope.registry,
      (made) => described(made as Check) === wanted,
    );
  } catch (error) {
    if (!(error instanceof Unwritable) && !isCairnError(error)) throw error;
    scope.leaveOut(`check '${name}'`, error.message);
    return undefined;
  }
}

/** The params in a check's options, those in its SQL too. */
function namesIn(value: unknown): string[] {
  if (isParam(value)) return [value.name];
  if (typeof value !== 'object' || value === null) return [];
  const { params } = value as { readonly params?: readonly string[] };
  if ('~cairn' in value) return [...(params ?? [])];
  return Object.values(value).flatMap(namesIn);
}

/** The first of several options of which the registry makes the same. */
function writeContribution(
  kind: NamedKind,
  type: string,
  candidates: readonly object[],
  registry: Contributions,
  isIt: (made: unknown) => boolean,
): unknown {
  for (const options of candidates) {
    try {
      if (!isIt(registry[kind](type, options))) continue;
    } catch (error) {
      if (!isCairnError(error)) throw error;
      continue;
    }
    const written = writeValue(options) as object;
    return Object.keys(written).length === 0 ? type : { type, ...written };
  }
  throw new Unwritable(
    registry.names(kind).includes(type)
      ? `the ${kind} '${type}' has something that its options do not say, such as a function or a file`
      : `no plugin has a ${kind} '${type}'`,
  );
}

function isSame(one: unknown, other: unknown): boolean {
  try {
    return canonicalJson(writeValue(one) as Json) === canonicalJson(writeValue(other) as Json);
  } catch (error) {
    if (error instanceof Unwritable) return false;
    throw error;
  }
}
