import type { Column } from '../pipeline/table.ts';
import type { Connection } from './connection.ts';
import type { BoundSql, TableRef } from './engine.ts';
import { countRows, readColumns, tableName } from './table-info.ts';

/** What a table is, as far as the engine itself has to know it. */
export interface MadeTable {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** What is known of the tables of each instance: only the engine makes any, so that nothing need be asked twice. */
export interface MadeTables {
  /** Makes a table, or removes it, of which nothing is known meanwhile. */
  change<Info extends MadeTable | undefined>(
    connection: Connection,
    table: TableRef,
    work: () => Promise<Info>,
  ): Promise<Info>;
  /** How many rows the largest of the tables has that a query reads, as far as that is known. */
  mostRows(connection: Connection, query: BoundSql): number;
  /** What is known of a table, or else what the instance says. */
  find(connection: Connection, table: TableRef): Promise<MadeTable>;
}

export function madeTables(): MadeTables {
  const instances = new WeakMap<Connection['db'], Map<string, MadeTable>>();
  const known = ({ db }: Connection): Map<string, MadeTable> => {
    const found = instances.get(db) ?? new Map<string, MadeTable>();
    instances.set(db, found);
    return found;
  };
  return {
    async change(connection, table, work) {
      const tables = known(connection);
      // DuckDB's names differ in more than case.
      const name = tableName(table).toLowerCase();
      tables.delete(name);
      const info = await work();
      if (info !== undefined) tables.set(name, { rows: info.rows, columns: info.columns });
      return info;
    },
    mostRows(connection, { parts }) {
      const rows = parts.map((part) =>
        part.kind === 'table' ? (known(connection).get(tableName(part.table).toLowerCase())?.rows ?? 0) : 0,
      );
      return Math.max(0, ...rows);
    },
    async find(connection, table) {
      const found = known(connection).get(tableName(table).toLowerCase());
      if (found !== undefined) return found;
      return {
        rows: await countRows(connection, table),
        columns: await readColumns(connection, table),
      };
    },
  };
}
