import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe } from '../errors/pipeline-errors.ts';
import { invalidOptions, type OptionIssue } from '../errors/plugin-errors.ts';
import { isPlainObject } from '../pipeline/check.ts';
import { isParam } from '../pipeline/param.ts';
import { issuePath } from '../pipeline/params.ts';
import { isSecret } from '../pipeline/secret.ts';
import type { OptionsSchema } from './contribution.ts';

/** Keys and indexes from the top of an object of options. */
type OptionPath = readonly PropertyKey[];

/** Where `param()` and `secret()` stand in options. */
export interface Placeholder {
  readonly path: OptionPath;
  readonly isSecret: boolean;
}

/** What a schema makes of options. @throws CairnError `invalid_argument` with all that is wrong in `details.issues` */
export function checkOptions(
  where: string,
  schema: OptionsSchema,
  given: unknown,
  details?: Readonly<Record<string, unknown>>,
): object {
  const result = validate(where, schema, given);
  if (result.issues !== undefined) {
    const issues = result.issues.map((issue) => ({ path: issuePath(keysOf(issue)), message: issue.message }));
    throw invalidOptions(where, issues, details);
  }
  const { value } = result;
  if (typeof value === 'object' && value !== null) return value;
  throw invalidOptions(where, [
    { path: '', message: `the schema makes ${describe(value)} of them, not an object` },
  ]);
}

/**
 * Checks as much of options as is known before `param()` and `secret()` are filled in: what is wrong elsewhere than where
 * they stand.
 *
 * @throws CairnError `invalid_argument`
 */
export function checkKnownOptions(
  where: string,
  schema: OptionsSchema,
  given: unknown,
  placeholders: readonly Placeholder[],
): void {
  const { issues = [] } = validate(where, schema, given);
  const wrong = issues
    .map((issue) => ({ keys: keysOf(issue), message: issue.message }))
    .filter(({ keys }) => !placeholders.some(({ path }) => isWithin(keys, path) || isWithin(path, keys)))
    .map(({ keys, message }): OptionIssue => ({ path: issuePath(keys), message }));
  if (wrong.length > 0) throw invalidOptions(where, wrong);
}

/** Finds `param()` and `secret()` in options, however deep. */
export function placeholdersIn(
  value: unknown,
  path: OptionPath = [],
  within: readonly unknown[] = [],
): readonly Placeholder[] {
  if (isParam(value) || isSecret(value)) return [{ path, isSecret: isSecret(value) }];
  if (within.includes(value)) return [];
  const inside = [...within, value];
  if (Array.isArray(value))
    return value.flatMap((item, index) => placeholdersIn(item, [...path, index], inside));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => placeholdersIn(item, [...path, key], inside));
}

/** What stands at a path. */
export function valueAt(value: unknown, path: OptionPath): unknown {
  let inner = value;
  for (const key of path) inner = (inner as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return inner;
}

function validate(where: string, schema: OptionsSchema, given: unknown): StandardSchemaV1.Result<unknown> {
  let result: StandardSchemaV1.Result<unknown> | Promise<StandardSchemaV1.Result<unknown>>;
  try {
    result = schema['~standard'].validate(given ?? {});
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalidOptions(where, [{ path: '', message: `the schema failed: ${why}` }], {}, error);
  }
  if (typeof (result as Partial<Promise<unknown>>).then !== 'function')
    return result as StandardSchemaV1.Result<unknown>;
  void (result as Promise<unknown>).catch(() => undefined);
  const message = `cannot be checked: the schema (of ${schema['~standard'].vendor}) answers later, and must answer at once`;
  throw invalidOptions(where, [{ path: '', message }]);
}

const keysOf = ({ path = [] }: StandardSchemaV1.Issue): PropertyKey[] =>
  path.map((part) => (typeof part === 'object' ? part.key : part));

/** Says whether a path is another or leads into it. */
function isWithin(path: OptionPath, outer: OptionPath): boolean {
  return outer.every((key, index) => String(path[index]) === String(key) && index < path.length);
}
