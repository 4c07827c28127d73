import { isPlainObject } from '../pipeline/check.ts';
import { nearestName } from '../errors/suggest.ts';
import type { Filled } from './references.ts';
import type { RegistryEntry } from '../plugin/contribution.ts';
import type { Report } from './report.ts';
import { builtIns, strict } from './schema.ts';
import { pathText, type ConfigPath } from './source.ts';
import { checkForeign, checkOwn } from './validate.ts';

/** What a registry makes something of, at a place of the configuration. */
export interface Choice<Made> {
  readonly path: ConfigPath;
  readonly entry: RegistryEntry<Made>;
  readonly options: object;
}

/**
 * Finds the entry of the type that a value names, and checks the value's other keys: by the entry's own schema, or
 * by ours for a built-in type. What is wrong goes to the report, and there is no choice.
 */
export function chooseEntry<Made>(
  what: 'store' | 'engine' | 'observer',
  entries: Readonly<Record<string, RegistryEntry<Made>>> = {},
  value: unknown,
  path: ConfigPath,
  { filled, report }: { readonly filled: Filled; readonly report: Report },
): Choice<Made> | undefined {
  // Anything else was refused before.
  if (!isPlainObject(value)) return undefined;
  const { type: given, ...rest } = value;
  const type = given ?? (what === 'engine' ? 'duckdb' : undefined);
  if (type === undefined) {
    const misspelt = Object.keys(rest).find((key) => nearestName(key, ['type']) !== undefined);
    if (misspelt !== undefined)
      report.add({ path: [...path, misspelt], known: ['type'], message: 'unknown key' });
  }
  if (typeof type !== 'string' || type === '') return undefined;

  const entry = Object.hasOwn(entries, type) ? entries[type] : undefined;
  if (entry === undefined) {
    // Without a configured engine one may be given to the runner.
    if (given === undefined) return undefined;
    const known = Object.keys(entries);
    const at = [...path, 'type'];
    const name = filled.references.has(pathText(at)) ? '' : type;
    report.add({ path: at, known, name, message: `there is no such ${what} (known: ${known.join(', ')})` });
    return undefined;
  }
  const keys = builtIns[`${what}s`][type];
  let options: unknown = rest;
  if (entry.options !== undefined) options = checkForeign(entry.options, rest, path, filled, report);
  else if (keys !== undefined) options = checkOwn(strict(keys, ['type']), rest, path, filled, report);
  return typeof options === 'object' && options !== null ? { path, entry, options } : undefined;
}
