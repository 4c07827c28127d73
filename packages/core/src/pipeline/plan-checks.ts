import { describe, invalidArgument, unknownParam } from '../errors/pipeline-errors.ts';
import { checkCount, checkKeys, isPlainObject } from './check.ts';
import type { Json } from './json.ts';
import { isParam } from './param.ts';
import { canonicalParams, copyData, type Issue } from './params.ts';
import { isSql, type Sql } from './sql.ts';
import { isTableStep } from './step.ts';
import type { Check, CheckSeverity } from './table-check.ts';

/** A check of a planned step. */
export interface PlannedCheck {
  readonly name: string;
  readonly type: string;
  readonly severity: CheckSeverity;
  /** Params are filled in; fragments of `sql` stand as they were written. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What it is besides its code, as plain JSON. */
  readonly described: Json;
  /** The steps whose tables it reads besides, by name. */
  readonly inputs: readonly string[];
  readonly keepRows: number;
  readonly check: Check;
}

const known = [
  'type',
  'name',
  'severity',
  'options',
  'version',
  'inputs',
  'says',
  'keepRows',
  'fails',
  'failing',
  'measure',
  'evaluate',
  'holds',
];
const ways = ['fails', 'failing', 'evaluate'] as const;
const usualRows = 100;
const maxName = 200;

/** Checks what a step's option `checks` lists, each by its number. @throws CairnError `invalid_argument` */
export function captureChecks(where: string, checks: unknown): readonly Check[] {
  if (!Array.isArray(checks))
    throw invalidArgument(where, `option 'checks' must be a list of checks, not ${describe(checks)}`);
  const names = new Set<string>();
  return Object.freeze(
    checks.map((check: unknown, at) => {
      const own = captureCheck(`${where}: check ${at + 1}`, check);
      if (names.has(own.name))
        throw invalidArgument(where, `has two checks '${own.name}': give one of them another name`);
      names.add(own.name);
      return own;
    }),
  );
}

function captureCheck(where: string, value: unknown): Check {
  if (typeof value !== 'object' || value === null)
    throw invalidArgument(where, `must be a check such as notNull('id') gives, not ${describe(value)}`);
  if (isPlainObject(value)) checkKeys(where, value, known, 'property');
  const check = value as unknown as Check;
  const text = (property: 'type' | 'name' | 'version' | 'says'): void => {
    const given: unknown = check[property];
    if (typeof given !== 'string' || given === '' || given.length > maxName)
      throw invalidArgument(where, `'${property}' must be text of 1 to ${maxName} characters`);
  };
  text('type');
  text('name');
  for (const property of ['version', 'says'] as const) if (check[property] !== undefined) text(property);
  const { severity, options, inputs = [], keepRows = 0 } = check as Partial<Check>;
  if (severity !== undefined && severity !== 'error' && severity !== 'warn')
    throw invalidArgument(where, `'severity' must be 'error' or 'warn', not ${describe(severity)}`);
  if (!isPlainObject(options))
    throw invalidArgument(where, `'options' must be an object, not ${describe(options)}`);
  if (!Array.isArray(inputs) || !inputs.every(isTableStep))
    throw invalidArgument(where, `'inputs' must be a list of steps with tables`);
  checkCount(where, `'keepRows'`, keepRows, 0);
  const own = value as Readonly<Record<string, unknown>>;
  for (const name of [...ways, 'measure', 'holds'])
    if (own[name] !== undefined && typeof own[name] !== 'function')
      throw invalidArgument(where, `'${name}' must be a function, not ${describe(own[name])}`);
  const given = ways.filter((way) => own[way] !== undefined);
  if (given.length !== 1 || (own['measure'] !== undefined && own['evaluate'] === undefined))
    throw invalidArgument(
      where,
      `needs one of 'fails', 'failing' and 'evaluate' ('measure' goes with the last)`,
    );
  return isPlainObject(value) ? (Object.freeze({ ...value }) as unknown as Check) : check;
}

/** The checks of a step as its plan has them. @throws CairnError `invalid_argument`, `unknown_param` */
export function planChecks(
  pipeline: string,
  step: string,
  checks: readonly Check[],
  values: Readonly<Record<string, unknown>>,
): readonly PlannedCheck[] {
  if (checks.length === 0) return none;
  return Object.freeze(checks.map((check) => planCheck(pipeline, step, check, values)));
}

const none: readonly PlannedCheck[] = Object.freeze([]);

function planCheck(
  pipeline: string,
  step: string,
  check: Check,
  values: Readonly<Record<string, unknown>>,
): PlannedCheck {
  const where = `Check '${check.name}' of step '${step}' of pipeline '${pipeline}'`;
  const valueOf = (name: string): unknown => {
    if (!Object.hasOwn(values, name)) throw unknownParam(pipeline, step, name, Object.keys(values));
    return values[name];
  };
  const issues: Issue[] = [];
  const plain = (value: unknown, path: string): unknown => copyData(value, path, issues);
  const fill = (value: unknown, path: string, within: readonly unknown[]): unknown => {
    if (isParam(value)) return valueOf(value.name);
    if (isSql(value)) return value;
    if (within.includes(value) || within.length > 100) {
      issues.push({ path, message: 'a value that contains itself' });
      return undefined;
    }
    const inside = [...within, value];
    if (Array.isArray(value))
      return Object.freeze(value.map((item, at) => fill(item, `${path}[${at}]`, inside)));
    if (!isPlainObject(value) || '~cairn' in value) return plain(value, path);
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.freeze(
      Object.fromEntries(entries.map(([key, item]) => [key, fill(item, `${path}.${key}`, inside)] as const)),
    );
  };
  const options = fill(check.options, 'options', []) as Readonly<Record<string, unknown>>;
  const [first] = issues;
  if (first !== undefined) throw invalidArgument(where, `has '${first.path}' with ${first.message}`);
  const describeValue = (value: unknown): Json => {
    if (isSql(value)) return { $sql: describeSql(value, valueOf) };
    if (Array.isArray(value)) return value.map(describeValue);
    if (!isPlainObject(value)) return canonicalParams(value);
    return Object.fromEntries(
      Object.entries(value).map(
        ([key, item]) => [key.startsWith('$') ? `$${key}` : key, describeValue(item)] as const,
      ),
    );
  };
  const { name, type, version = null } = check;
  return Object.freeze({
    name,
    type,
    severity: check.severity ?? 'error',
    options,
    described: { name, type, version, options: describeValue(options) },
    inputs: Object.freeze([...new Set((check.inputs ?? []).map((input) => input.name))]),
    keepRows: check.keepRows ?? usualRows,
    check,
  });
}

/** A fragment as it was written, values of params filled in. */
function describeSql(sql: Sql, valueOf: (name: string) => unknown): Json {
  return sql.chunks.map((chunk): Json => {
    switch (chunk.kind) {
      case 'text':
        return chunk.text;
      case 'table':
        return { table: chunk.step };
      case 'param':
        return { value: canonicalParams(valueOf(chunk.name)) };
      case 'value':
        return { value: canonicalParams(chunk.value) };
      default:
        return { [chunk.kind]: chunk.name };
    }
  });
}

/** All steps that a step's checks read besides its own table, each once. */
export function checkInputs(checks: readonly PlannedCheck[]): readonly string[] {
  return checks.length === 0 ? noInputs : [...new Set(checks.flatMap(({ inputs }) => inputs))];
}

const noInputs: readonly string[] = Object.freeze([]);
