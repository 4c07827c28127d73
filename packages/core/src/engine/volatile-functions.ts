import type { Connection } from './connection.ts';

/** Clauses and keywords that stand for a volatile function without looking like one: a sample without a seed, the clock. */
const alike = [
  'tablesample',
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
];

/** Called volatile by the catalogue, but what they give depends on nothing outside the statement. */
const harmless = new Set(['error', 'getvariable']);

/** The names of all functions that give something else in another run, asked of the engine's catalogue. */
export async function readVolatileFunctions(connection: Connection): Promise<ReadonlySet<string>> {
  const rows = await connection.rows(
    `select distinct lower(function_name) as name from duckdb_functions()
     where stability in ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')`,
  );
  const names = rows.map((row) => String(row['name'])).filter((name) => !harmless.has(name));
  return new Set([...names, ...alike]);
}
