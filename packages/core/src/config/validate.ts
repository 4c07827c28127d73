import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as v from 'valibot';
import { isPlainObject } from '../pipeline/check.ts';
import { readingOf, type Filled } from './references.ts';
import type { Report } from './report.ts';
import { pathText, type ConfigPath } from './source.ts';

/** A mistake, its path relative to the value that was checked. */
interface Found {
  readonly path: ConfigPath;
  readonly message: string;
  /** What stands there instead. */
  readonly instead?: string;
  readonly known?: readonly string[];
  readonly isMissing?: boolean;
}

type Outcome = { readonly value: unknown } | { readonly found: readonly Found[] };

/** Checks a value with a schema of ours. What is wrong goes to the report, and the result is undefined. */
export function checkOwn(
  schema: v.GenericSchema,
  value: unknown,
  path: ConfigPath,
  filled: Filled,
  report: Report,
): unknown {
  const check = (): Outcome => {
    const result = v.safeParse(schema, value);
    return result.success
      ? { value: result.output }
      : { found: result.issues.flatMap((issue) => explain(issue)) };
  };
  return settle(check, value, path, filled, report);
}

/** The same with anybody's schema. */
export function checkForeign(
  schema: StandardSchemaV1,
  value: unknown,
  path: ConfigPath,
  filled: Filled,
  report: Report,
): unknown {
  const check = (): Outcome => {
    const result = schema['~standard'].validate(value);
    if (result instanceof Promise)
      return { found: [{ path: [], message: 'cannot be checked: its schema must answer at once' }] };
    if (result.issues === undefined) return { value: result.value };
    return {
      found: result.issues.map((issue) => ({
        path: (issue.path ?? []).map((part) => toKey(typeof part === 'object' ? part.key : part)),
        message: issue.message,
      })),
    };
  };
  return settle(check, value, path, filled, report);
}

/**
 * A text that is one reference and was refused as a text is tried as the number or the truth value that it reads as: what
 * comes from the environment is text, whatever is wanted.
 */
function settle(
  check: () => Outcome,
  value: unknown,
  base: ConfigPath,
  { references }: Filled,
  report: Report,
): unknown {
  let outcome = check();
  for (const { path } of 'found' in outcome ? outcome.found : []) {
    const name = pathText([...base, ...path]);
    const holder = at(value, path.slice(0, -1));
    const key = path.at(-1);
    const text = holder?.[key as string];
    if (holder === undefined || key === undefined || typeof text !== 'string') continue;
    const reading = references.get(name)?.isWhole === true ? readingOf(text) : undefined;
    if (reading === undefined) continue;
    holder[key as string] = reading;
    const again = check();
    const isRefused =
      'found' in again && again.found.some((found) => pathText([...base, ...found.path]) === name);
    if (isRefused) holder[key as string] = text;
    else outcome = again;
  }
  if ('value' in outcome) return outcome.value;
  for (const { message, instead, ...found } of outcome.found) {
    const path = [...base, ...found.path];
    const own = references.get(pathText(path))?.used.map(([reference]) => reference);
    const but =
      own === undefined ? instead && `not ${instead}` : `which the value of ${own.join(' and ')} is not`;
    const told = withoutValues(message, path, references);
    report.add({ ...found, path, message: but === undefined ? told : `${told}, ${but}` });
  }
  return undefined;
}

/** Whoever wrote a message, no value of the environment is in it. */
export function withoutValues(message: string, path: ConfigPath, references: Filled['references']): string {
  const below = pathText(path);
  const used = [...references]
    .filter(([place]) => place === below || place.startsWith(`${below}.`) || place.startsWith(`${below}[`))
    .flatMap(([, reference]) => reference.used.filter(([, value]) => value !== ''))
    .sort(([, one], [, other]) => other.length - one.length);
  return used.reduce((text, [reference, value]) => text.replaceAll(value, reference), message);
}

function at(value: unknown, path: ConfigPath): Record<string, unknown> | undefined {
  let inner = value;
  for (const key of path) inner = (inner as Record<string, unknown> | null | undefined)?.[key];
  return typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : undefined;
}

function toKey(key: unknown): string | number {
  return typeof key === 'number' ? key : String(key);
}

/** Says what an issue of valibot means: messages are ours, paths and kinds are valibot's. */
function explain(issue: v.BaseIssue<unknown>, base: ConfigPath = []): Found[] {
  const path = [...base, ...(issue.path ?? []).map((part) => toKey(part.key))];
  const inner = issue.issues?.filter((within) => within.path !== undefined) ?? [];
  // An object that fits one of several schemas but for its keys: what is wrong with them says more.
  if (issue.type === 'union' && isPlainObject(issue.input) && inner.length > 0)
    return inner.flatMap((within) => explain(within, path));
  if (issue.type === 'never') {
    const known = issue.message.split(', ').filter((key) => key !== '');
    return [
      { path, known, message: known.length === 0 ? 'unknown key' : `unknown key (known: ${issue.message})` },
    ];
  }
  if (issue.path?.at(-1)?.origin === 'key') return [{ path, isMissing: true, message: 'is missing' }];
  const isOfWrongType = issue.kind === 'schema' && issue.type !== 'picklist';
  return [{ path, message: issue.message, ...(isOfWrongType ? { instead: kindOf(issue.input) } : {}) }];
}

/** What a value is, without the value: it may be secret. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  const kinds: Record<string, string> = { string: 'a text', boolean: 'true or false', object: 'an object' };
  return kinds[typeof value] ?? `a ${typeof value}`;
}
