import type { OpenedTask } from '@cairn/core';
import type { Table } from 'apache-arrow';

/** A column to sort by. */
export interface TableOrder {
  readonly column: string;
  /** @default false */
  readonly descending?: boolean | undefined;
}

/** Which rows of a table. */
export interface TableWindow {
  /** How many rows come before. @default 0 */
  readonly offset?: number | undefined;
  /** How many rows at most. @default 100 */
  readonly limit?: number | undefined;
  /** Nulls last; rows that are the same in it stay in the order of the table. @default the order of the table */
  readonly orderBy?: readonly TableOrder[] | undefined;
  /** A condition in the engine's SQL, as the user of the page has written it. @default all rows */
  readonly where?: string | undefined;
}

/** So few rows from the first are read from their checkpoint; for more the engine is asked. */
const rowsWithoutEngine = 10_000;

/** Reads some rows of a step's table. */
export async function readTable(
  opened: OpenedTask,
  step: string,
  { offset = 0, limit = 100, orderBy = [], where = '' }: TableWindow,
): Promise<Table> {
  if (orderBy.length === 0 && where.trim() === '' && offset + limit <= rowsWithoutEngine)
    return (await opened.table(step, { limit: offset + limit })).slice(offset, offset + limit);
  const by = orderBy.map(
    ({ column, descending = false }) => `${quoted(column)} ${descending ? 'desc' : 'asc'} nulls last`,
  );
  const order = by.length === 0 ? '' : `order by ${[...by, 'rowid'].join(', ')}`;
  return opened.query(`from ${quoted(step)} ${condition(where)} ${order} limit ${limit} offset ${offset}`);
}

/** Counts the rows that a condition is true for. */
export async function countRows(opened: OpenedTask, step: string, where: string): Promise<number> {
  const answer = await opened.query(`select count(*) as n from ${quoted(step)} ${condition(where)}`);
  return Number(answer.get(0)?.['n']);
}

/** On lines of its own, for it may end with a comment. */
function condition(where: string): string {
  return where.trim() === '' ? '' : `where (\n${where}\n)`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
