import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, invalidArgument, invalidParams } from '../errors/pipeline-errors.ts';
import type { Pipeline } from './define.ts';
import type { Json } from './json.ts';
import { isSecret } from './secret.ts';
import { isWellFormed } from './sql.ts';
import { isPlainObject } from './check.ts';

/** What is wrong with a value, and where in it. */
export interface Issue {
  /** Such as `range.from` or `ids[2]`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/**
 * The one JSON form of a value of params or connector options, in which different values differ: a Date is
 * `{ "$date": ... }`, a bigint `{ "$bigint": ... }`, bytes are `{ "$bytes": ... }` in hex, a secret is `{ "$secret": true }`
 * whatever its name, and a key of the value's own that begins with `$` gets another one.
 *
 * @throws CairnError `invalid_argument` for anything else
 */
export function canonicalParams(value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) };
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) return { $bytes: hex(value) };
  if (isSecret(value)) return { $secret: true };
  if (Array.isArray(value)) return value.map(canonicalParams);
  if (!isPlainObject(value)) throw invalidArgument('canonicalParams', `${describe(value)} is no plain data`);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.map(([key, item]) => [key.startsWith('$') ? `$${key}` : key, canonicalParams(item)] as const),
  );
}

/** The value whose {@link canonicalParams} this is. A secret, which is not in it, becomes null. */
export function paramsOf(json: Json): unknown {
  if (Array.isArray(json)) return json.map(paramsOf);
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json);
  const [[tag, text] = []] = entries;
  switch (tag) {
    case '$number':
      return Number(text);
    case '$bigint':
      return BigInt(String(text));
    case '$date':
      return new Date(String(text));
    case '$bytes':
      return Uint8Array.from(String(text).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    case '$secret':
      return null;
  }
  return Object.fromEntries(
    entries.map(([key, item]) => [key.startsWith('$$') ? key.slice(1) : key, paramsOf(item)] as const),
  );
}

/**
 * A frozen copy of plain data: JSON, Date, bigint and Uint8Array, where undefined properties are dropped. What cannot
 * be copied is told in `issues`.
 *
 * @param secrets Whether `secret()` may stand in it; it is handed over. @default false
 */
export function copyData(
  value: unknown,
  path: string,
  issues: Issue[],
  secrets = false,
  within: readonly unknown[] = [],
): unknown {
  const issue = (message: string): undefined => void issues.push({ path, message });
  switch (typeof value) {
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      // Zero has one form, as in JSON.
      return Number.isFinite(value) ? value + 0 : issue(`${value} is not a finite number`);
    case 'string':
      return isWellFormed(value) ? value : issue('text with half of a surrogate pair');
    case 'object':
      break;
    default:
      return issue(`${describe(value)} is no plain data`);
  }
  if (value === null || (secrets && isSecret(value))) return value;
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? issue('an invalid Date') : new Date(value);
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (within.includes(value)) return issue('a value that contains itself');
  if (within.length > 100) return issue('more than 100 values inside one another');
  const inside = [...within, value];
  if (Array.isArray(value)) {
    return Object.freeze(
      Array.from(value, (item, index) => copyData(item, `${path}[${index}]`, issues, secrets, inside)),
    );
  }
  if (!isPlainObject(value) || '~cairn' in value) return issue(`${describe(value)} is no plain data`);
  const entries: [string, unknown][] = [];
  for (const key of Reflect.ownKeys(value)) {
    const name = path === '' ? String(key) : `${path}.${String(key)}`;
    if (typeof key !== 'string' || !isWellFormed(key))
      issues.push({ path: name, message: 'a key that is no text' });
    else if (value[key] !== undefined)
      entries.push([key, copyData(value[key], name, issues, secrets, inside)]);
  }
  return Object.freeze(Object.fromEntries(entries));
}

/**
 * What the pipeline's schema makes of given params, as a frozen copy.
 *
 * @throws CairnError `invalid_params` listing all issues
 */
export async function validateParams(
  { name, params: schema }: Pipeline,
  given: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  if (schema === undefined) {
    if (given === undefined || given === null) return Object.freeze({});
    if (!isPlainObject(given))
      throw invalidParams(name, [{ path: '', message: `${describe(given)} is no object` }]);
    const keys = Object.keys(given).filter((key) => given[key] !== undefined);
    if (keys.length === 0) return Object.freeze({});
    throw invalidParams(
      name,
      keys.map((key) => ({ path: key, message: 'the pipeline takes no params: it has no schema' })),
    );
  }
  let result: StandardSchemaV1.Result<unknown>;
  try {
    result = await schema['~standard'].validate(given ?? {});
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalidParams(name, [{ path: '', message: `the schema failed: ${why}` }], error);
  }
  if (result.issues !== undefined) {
    throw invalidParams(
      name,
      result.issues.map(({ path = [], message }) => ({ path: issuePath(path), message })),
    );
  }
  if (!isPlainObject(result.value)) {
    throw invalidParams(name, [
      { path: '', message: `the schema makes ${describe(result.value)} of them, not an object` },
    ]);
  }
  const issues: Issue[] = [];
  const copy = copyData(result.value, '', issues);
  if (issues.length > 0) throw invalidParams(name, issues);
  return copy as Readonly<Record<string, unknown>>;
}

/** Such as `range.from` or `ids[2]`; empty for the whole. */
export function issuePath(path: readonly (PropertyKey | StandardSchemaV1.PathSegment)[]): string {
  let text = '';
  for (const segment of path) {
    const key = typeof segment === 'object' ? segment.key : segment;
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}

/** Bytes in lower-case hex. */
export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexOf[byte] as string;
  return text;
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
