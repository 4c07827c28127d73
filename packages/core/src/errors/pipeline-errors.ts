import { CairnError } from './cairn-error.ts';
import { didYouMean } from './suggest.ts';

/** Stages that wait for each other. The names go round once: the first is also the last. */
export function cyclicPipeline(pipeline: string, cycle: readonly string[]): CairnError {
  return new CairnError(
    'cyclic_pipeline',
    `Pipeline '${pipeline}' has a cycle, so none of these can start: ${cycle.join(' -> ')}`,
    { details: { pipeline, cycle } },
  );
}

/** Two stages of one name, without regard to case, or one step listed twice. */
export function duplicateStage(pipeline: string, name: string, first: string, second: string): CairnError {
  return new CairnError(
    'duplicate_stage',
    `Pipeline '${pipeline}' has the name '${name}' twice: ${first}, and ${second} (case does not count)`,
    { details: { pipeline, name } },
  );
}

/** A step's SQL reads what is not among its inputs, so that a change there would go unseen. */
export function externalRead(pipeline: string, step: string, what: string): CairnError {
  return new CairnError(
    'external_read',
    `Step '${step}' of pipeline '${pipeline}' ${what}, which is not among its inputs: read it with a source, or say volatile: true`,
    { details: { pipeline, step } },
  );
}

/** A function was called with something that it does not take. `given` and `known` make a hint of a misspelt name. */
export function invalidArgument(
  where: string,
  what: string,
  given?: string,
  known: readonly string[] = [],
): CairnError {
  const hint = given === undefined ? '' : didYouMean(given, known);
  return new CairnError('invalid_argument', `${where}: ${what}${hint}`, { details: { where, given, known } });
}

/** A name of a pipeline, a process or a step that is none. */
export function invalidName(what: string, name: unknown): CairnError {
  const given =
    typeof name === 'string' ? `'${name.length > 140 ? `${name.slice(0, 140)}…` : name}'` : describe(name);
  return new CairnError(
    'invalid_name',
    `${given} is not a valid name for a ${what}: 1 to 128 letters (A to Z), digits, '_', '.' and '-', not beginning with '.' or '-'`,
    { details: { what, name } },
  );
}

/** Params that do not fit the pipeline's schema, or that are no plain data. Every issue is listed. */
export function invalidParams(
  pipeline: string,
  issues: readonly { readonly path: string; readonly message: string }[],
  cause?: unknown,
): CairnError {
  const list = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new CairnError(
    'invalid_params',
    `The params of pipeline '${pipeline}' are invalid: ${list.join('; ')}`,
    {
      details: { pipeline, issues },
      cause,
    },
  );
}

/** A pipeline that cannot be one, for a reason that no other code has. */
export function invalidPipeline(pipeline: string, why: string): CairnError {
  return new CairnError('invalid_pipeline', `Pipeline '${pipeline}' ${why}`, { details: { pipeline } });
}

/** SQL that is no single query, or whose end is missing. Lines and columns count from 1. */
export function invalidSql(
  why: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): CairnError {
  return new CairnError('invalid_sql', why, { details, cause });
}

/** A value that SQL cannot bind. */
export function invalidSqlValue(where: string, value: unknown, why: string): CairnError {
  return new CairnError('invalid_sql_value', `${describe(value)} cannot stand in ${where}: ${why}`, {
    details: { where },
  });
}

/** `include` names nothing, or what is no step and no process. Every unknown name is listed, each with the nearest known one. */
export function invalidStage(
  pipeline: string,
  unknown: readonly string[],
  known: readonly string[],
): CairnError {
  const list = unknown.map(
    (name) => `'${name}'${didYouMean(name, known).replace('; ', ' (').replace(/\?$/, '?)')}`,
  );
  const what =
    unknown.length === 0
      ? 'include names no step and no process: leave it out to run all'
      : `include names what is no step and no process: ${list.join(', ')}`;
  return new CairnError('invalid_stage', `Pipeline '${pipeline}': ${what}`, {
    details: { pipeline, unknown, known },
  });
}

/** A step's SQL names another step's table without declaring it an input. */
export function undeclaredInput(pipeline: string, step: string, name: string, how: string): CairnError {
  return new CairnError(
    'undeclared_input',
    `Step '${step}' of pipeline '${pipeline}' reads '${name}', which is not among its inputs: ${how}`,
    { details: { pipeline, step, name } },
  );
}

/** A step uses a param that the pipeline's params lack. */
export function unknownParam(
  pipeline: string,
  step: string,
  name: string,
  known: readonly string[],
): CairnError {
  const has = known.length === 0 ? 'there are none' : `there is ${known.map((one) => `'${one}'`).join(', ')}`;
  return new CairnError(
    'unknown_param',
    `Step '${step}' of pipeline '${pipeline}' uses the param '${name}', which has no value: ${has}${didYouMean(name, known)} (an optional one needs a default)`,
    { details: { pipeline, step, name, known } },
  );
}

/** A name that is no step's, or a handle of a step that the pipeline does not hold. */
export function unknownStep(name: string, known: readonly string[], who?: string): CairnError {
  const what =
    who === undefined
      ? `There is no step '${name}'`
      : `${who} refers to step '${name}', which is in none of its processes`;
  return new CairnError('unknown_step', `${what}${didYouMean(name, known)}`, { details: { name, known } });
}

/** A value in a few words, for messages. */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  if (typeof value === 'string') return value === '' ? 'an empty string' : `'${value.slice(0, 60)}'`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  const branded = (value as { '~cairn'?: unknown })['~cairn'];
  if (typeof branded === 'string') return branded === 'sql' ? 'a fragment of sql' : `a ${branded}`;
  if (value instanceof Date) return 'an invalid Date';
  const name: unknown = (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)
    ?.constructor?.name;
  return typeof name === 'string' && name !== 'Object' && name !== '' ? `a ${name}` : 'an object';
}
