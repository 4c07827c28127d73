import { isPlainObject } from '../pipeline/check.ts';
import { param, type Param } from '../pipeline/param.ts';
import { paramsOf } from '../pipeline/params.ts';
import { secret } from '../pipeline/secret.ts';
import { isoDate } from './iso-date.ts';
import { paramName } from './pipeline-schema.ts';
import type { Report } from './report.ts';
import type { ConfigPath } from './source.ts';

/** What values of options may stand for, besides themselves. */
export interface ValueScope {
  readonly report: Report;
  /** The params that there are; undefined where none may stand, and why. */
  readonly params: ReadonlySet<string> | string;
  /** Other forms `{ $key: ... }` that may stand here, each with what it becomes. */
  readonly forms?: Readonly<Record<string, (given: unknown, path: ConfigPath) => unknown>>;
}

/**
 * What a value of YAML stands for in options: a text that is `$name` is a param, `$$` at the beginning of a text is a `$`,
 * and an object of one key stands for what YAML has no form for: `{ $secret: NAME }`, `{ $date: ... }`, `{ $bigint: ... }`,
 * `{ $bytes: ... }` (in hex).
 */
export function optionValue(value: unknown, path: ConfigPath, scope: ValueScope): unknown {
  if (typeof value === 'string') return textValue(value, path, scope);
  if (Array.isArray(value)) return value.map((item, index) => optionValue(item, [...path, index], scope));
  if (!isPlainObject(value)) return value;
  const [first, ...more] = Object.entries(value);
  if (first !== undefined && more.length === 0 && /^\$[^$]/.test(first[0])) {
    const [key, given] = first;
    const form = formOf(key, scope);
    if (form !== undefined) return form(given, [...path, key]);
    const known = ['$secret', ...Object.keys(plainForms), ...Object.keys(scope.forms ?? {})];
    scope.report.add({
      path: [...path, key],
      known,
      message: `is no form of a value (known: ${known.join(', ')})`,
    });
    return undefined;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key.startsWith('$$') ? key.slice(1) : key,
      optionValue(item, [...path, key], scope),
    ]),
  );
}

type Form = (given: unknown, path: ConfigPath) => unknown;

const plainForms: Readonly<Record<string, readonly [expected: string, holds: (text: string) => boolean]>> = {
  $date: ['a date of ISO 8601', (text) => isoDate(text) !== undefined],
  $bigint: ['a whole number, as a text', (text) => /^-?\d+$/.test(text)],
  $bytes: ['bytes in lower-case hex', (text) => /^(?:[0-9a-f]{2})*$/.test(text)],
};

function formOf(key: string, { report, forms = {} }: ValueScope): Form | undefined {
  if (Object.hasOwn(forms, key)) return forms[key];
  if (key === '$secret')
    return (given, path) => {
      if (typeof given === 'string' && given !== '') return secret(given);
      report.add({ path, message: 'must be the name of a secret' });
      return undefined;
    };
  const form = Object.hasOwn(plainForms, key) ? plainForms[key] : undefined;
  if (form === undefined) return undefined;
  const [expected, holds] = form;
  return (given, path) => {
    if (typeof given === 'string' && holds(given))
      return key === '$date' ? isoDate(given) : paramsOf({ [key]: given });
    report.add({ path, message: `must be ${expected}` });
    return undefined;
  };
}

function textValue(
  text: string,
  path: ConfigPath,
  { report, params }: ValueScope,
): string | Param | undefined {
  if (text.startsWith('$$')) return text.slice(1);
  const name = text.slice(1);
  if (!text.startsWith('$') || !paramName.test(name)) return text;
  if (typeof params === 'string') {
    report.add({ path, message: `${params} (write $$${name} for the text $${name})` });
    return undefined;
  }
  if (params.has(name)) return param(name);
  report.add({
    path,
    name,
    known: [...params],
    message: `there is no param '${name}' (write $$${name} for the text $${name})`,
  });
  return undefined;
}
