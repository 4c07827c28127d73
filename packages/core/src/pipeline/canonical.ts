import serialize from 'canonicalize';
import type { Json } from './json.ts';

/** JSON in the one form that RFC 8785 gives it: sorted keys, no white space. Equal values have equal text. */
export function canonicalJson(value: Json): string {
  return serialize(value) as string;
}
