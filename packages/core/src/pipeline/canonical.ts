import type { Json } from './json.ts';

/**
 * JSON in the one form that RFC 8785 gives it: keys sorted by UTF-16 code units, no white space, numbers and texts as
 * `JSON.stringify` writes them. Equal values have equal text. Properties that are undefined are not there.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const object = value as { readonly [key: string]: Json };
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  const pairs = keys.toSorted().map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] as Json)}`);
  return `{${pairs.join(',')}}`;
}
