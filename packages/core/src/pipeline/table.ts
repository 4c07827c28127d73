import type { Table } from 'apache-arrow';
import type { Sql } from './sql.ts';

/** A column of a table as the engine knows it. */
export interface Column {
  readonly name: string;
  /** The engine's logical type, such as `BIGINT` or `STRUCT(a UUID)`. */
  readonly type: string;
  readonly nullable: boolean;
}

/** Which rows and columns to read. */
export interface ReadOptions {
  /** Columns by name, in this order. @default all */
  readonly columns?: readonly string[];
  /** At most this many rows, from the first. @default all */
  readonly limit?: number;
}

/** A step's table as another step sees it. Rows are in the order in which the table was made. */
export interface TableView {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** The whole table, or a part of it, as an apache-arrow Table. */
  arrow(options?: ReadOptions): Promise<Table>;
  /**
   * The table in slices of bounded size, in row order.
   *
   * @param select What to select, in the engine's SQL. @default all columns
   */
  batches(select?: Sql): AsyncIterable<Table>;
  /**
   * The same slices as complete Arrow IPC streams, for who hands them on as they are. Left out by a view that has no bytes
   * at hand.
   *
   * @param select What to select, in the engine's SQL. @default all columns, in the form in which a checkpoint stores them
   */
  streams?(select?: Sql): AsyncIterable<Uint8Array>;
}
