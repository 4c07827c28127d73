import { sqlFailed } from '../errors/engine-errors.ts';

/** A name in double quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal. DuckDB's parser ends a text at a NUL, so each becomes `chr(0)`. */
export function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\0') ? `(${quoted.replaceAll('\0', "' || chr(0) || '")})` : quoted;
}

const int64 = 2n ** 63n;
const int128 = 2n ** 127n;

function unbindable(what: string): never {
  throw sqlFailed(`${what} cannot be bound to a statement`, {});
}

function integer(value: bigint): string {
  if (value >= -int64 && value < int64) return `'${value}'::BIGINT`;
  if (value >= -int128 && value < int128) return `'${value}'::HUGEINT`;
  return unbindable(`The integer ${value}, which does not fit in 128 bits,`);
}

function double(value: number): string {
  const text = Number.isNaN(value)
    ? 'nan'
    : Number.isFinite(value)
      ? String(value)
      : value > 0
        ? 'inf'
        : '-inf';
  return `'${text}'::DOUBLE`;
}

/**
 * A bound value as an expression of exactly its type: a safe integer INTEGER or BIGINT, another number DOUBLE, a
 * bigint BIGINT or HUGEINT, a string VARCHAR, a boolean BOOLEAN, a Date TIMESTAMPTZ, bytes BLOB, null NULL.
 *
 * @throws CairnError `sql_failed` for anything else
 */
export function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return integer(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) return double(value);
    return `'${value}'::${value >= -(2 ** 31) && value < 2 ** 31 ? 'INTEGER' : 'BIGINT'}`;
  }
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) return unbindable('A string with half a surrogate pair');
    return `${quoteText(value)}::VARCHAR`;
  }
  if (value instanceof Date) {
    const time = value.getTime();
    return Number.isNaN(time)
      ? unbindable('An invalid Date')
      : `make_timestamp('${time}000'::BIGINT)::TIMESTAMPTZ`;
  }
  if (value instanceof Uint8Array) {
    return `unhex('${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}')`;
  }
  return unbindable(`A value of type ${typeof value}`);
}
