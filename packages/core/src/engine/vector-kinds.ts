import { storedType } from './column-codec.ts';
import { parseType } from './column-type.ts';

/* How a column lies in DuckDB's vectors, as vectors.wat has it: the bytes of a value that Arrow holds alike, or one of these. */
const booleans = 32;
const strings = 48;
const [decimalsOf2, decimalsOf4, decimalsOf8] = [64, 65, 66];

const kinds: Readonly<Record<string, number>> = {
  BOOLEAN: booleans,
  TINYINT: 1,
  UTINYINT: 1,
  SMALLINT: 2,
  USMALLINT: 2,
  INTEGER: 4,
  UINTEGER: 4,
  BIGINT: 8,
  UBIGINT: 8,
  FLOAT: 4,
  DOUBLE: 8,
  VARCHAR: strings,
  BLOB: strings,
  DATE: 4,
  TIME: 8,
  TIMESTAMP: 8,
  TIMESTAMP_S: 8,
  TIMESTAMP_MS: 8,
  TIMESTAMP_NS: 8,
  'TIMESTAMP WITH TIME ZONE': 8,
};

function kindOf(type: string): number | undefined {
  const [, digits] = /^DECIMAL\((\d+),/.exec(type) ?? [];
  if (digits === undefined) return kinds[type];
  return Number(digits) <= 4
    ? decimalsOf2
    : Number(digits) <= 9
      ? decimalsOf4
      : Number(digits) <= 18
        ? decimalsOf8
        : 16;
}

/** How columns of these types lie in the vectors of their table's stored form, a byte each; undefined where one is nested, or of no type. */
export function vectorKinds(types: readonly string[]): Uint8Array | undefined {
  const found = types.map((type) => kindOf(storedType(parseType(type))));
  return found.every((kind) => kind !== undefined) ? Uint8Array.from(found) : undefined;
}
