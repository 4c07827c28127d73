import type { Column } from '../pipeline/table.ts';
import type { Connection } from './connection.ts';
import type { TableRef } from './engine.ts';
import { quoteName, quoteText } from './literal.ts';

/** A table's name as SQL. */
export function tableName(table: TableRef): string {
  return `${quoteName(table.namespace)}.${quoteName(table.name)}`;
}

/** The columns of a table with their logical types, in order; none when there is no such table. */
export async function readColumns(connection: Connection, table: TableRef): Promise<Column[]> {
  const rows = await connection.rows(
    `select column_name, data_type, is_nullable from duckdb_columns()
     where schema_name = ${quoteText(table.namespace)} and lower(table_name) = lower(${quoteText(table.name)})
     order by column_index`,
  );
  return rows.map((row) => ({
    name: String(row['column_name']),
    type: String(row['data_type']),
    nullable: row['is_nullable'] === true,
  }));
}

/** How many rows a table has. */
export async function countRows(connection: Connection, table: TableRef): Promise<number> {
  const [row] = await connection.rows(`select count(*) as n from ${tableName(table)}`);
  return Number(row?.['n']);
}
