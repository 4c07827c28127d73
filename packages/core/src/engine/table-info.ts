import type { Column } from '../pipeline/table.ts';
import type { Connection } from './connection.ts';
import type { TableRef } from './engine.ts';
import { quoteName } from './literal.ts';

/** A table's name as SQL. */
export function tableName(table: TableRef): string {
  return `${quoteName(table.namespace)}.${quoteName(table.name)}`;
}

/** The columns of a table with their logical types, in order. */
export async function readColumns(connection: Connection, table: TableRef): Promise<Column[]> {
  const rows = await connection.rows(`describe ${tableName(table)}`);
  return rows.map((row) => ({
    name: String(row['column_name']),
    type: String(row['column_type']),
    nullable: row['null'] === 'YES',
  }));
}

/** How many rows a table has. */
export async function countRows(connection: Connection, table: TableRef): Promise<number> {
  const [row] = await connection.rows(`select count(*) as n from ${tableName(table)}`);
  return Number(row?.['n']);
}
