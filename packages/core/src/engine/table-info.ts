import type { Column } from '../pipeline/table.ts';
import type { Connection } from './connection.ts';
import type { TableRef } from './engine.ts';
import { quoteName } from './literal.ts';

/** A table's name as SQL. */
export function tableName(table: TableRef): string {
  return `${quoteName(table.namespace)}.${quoteName(table.name)}`;
}

/** The query whose rows tell a table's columns. */
export function columnsQuery(table: TableRef): string {
  return `describe ${tableName(table)}`;
}

/** The columns that rows of {@link columnsQuery} tell of, with their logical types, in order. */
export function columnsOf(rows: readonly Readonly<Record<string, unknown>>[]): Column[] {
  return rows.map((row) => ({
    name: String(row['column_name']),
    type: String(row['column_type']),
    nullable: row['null'] === 'YES',
  }));
}

/** The columns of a table. */
export async function readColumns(connection: Connection, table: TableRef): Promise<Column[]> {
  return columnsOf(await connection.rows(columnsQuery(table)));
}

/** How many rows a table has. */
export async function countRows(connection: Connection, table: TableRef): Promise<number> {
  const [row] = await connection.rows(`select count(*) as n from ${tableName(table)}`);
  return Number(row?.['n']);
}
