import type { Table } from 'apache-arrow';
import type { CairnError } from '../errors/cairn-error.ts';
import type { EngineFile } from '../pipeline/connector.ts';
import type { Column } from '../pipeline/table.ts';

/** What an engine is, known without starting it. It enters every fingerprint of a step that the engine computes. */
export interface EngineIdentity {
  /** Such as `duckdb-wasm`. */
  readonly name: string;
  /** The SQL dialect, such as `duckdb`. */
  readonly dialect: string;
  /** The version of the package that computes. */
  readonly version: string;
  /** Configured settings that change results; empty when there are none. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * A table in an engine. Namespaces keep apart the runs that share one engine: inside a statement a table is known
 * by its plain name, so that `delayed.origin` works in SQL.
 */
export interface TableRef {
  /** Letters, digits and underscores. */
  readonly namespace: string;
  readonly name: string;
}

/** One piece of a statement. The engine quotes, casts and binds; nobody pastes. */
export type BoundSqlPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'table'; readonly table: TableRef }
  | { readonly kind: 'identifier'; readonly name: string }
  /** null, boolean, number, bigint, string, Date or Uint8Array; types as in DESIGN.md, part 4. */
  | { readonly kind: 'value'; readonly value: unknown }
  /** A file of the options' `files`, by name; stands where a string literal with its path would. */
  | { readonly kind: 'file'; readonly name: string };

/** A statement that an engine can run: one query (select, values, from ...), not several. */
export interface BoundSql {
  readonly parts: readonly BoundSqlPart[];
}

/** What is known of a table once it is made. */
export interface TableInfo {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Names of the volatile functions that the query used (`random`, `now`, ...), sorted. */
  readonly volatileFunctions: readonly string[];
}

/** What tells how much memory a table takes. */
export interface TableSize extends Pick<TableInfo, 'rows' | 'columns'> {
  /** Bytes of its parts; undefined while they are not known. */
  readonly bytes?: number | undefined;
}

/** A complete Arrow IPC stream with a slice of a table's rows. */
export interface Part {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /**
   * Gives the memory back for other parts: nobody reads the bytes any more. Who keeps them does not call it. Left out by an
   * engine that has no use for it.
   *
   * @param memory The bytes, where they went to another thread and have come back. @default the part's own
   */
  release?(memory?: Uint8Array): void;
}

/** How much of an engine has been fetched. */
export interface EngineLoading {
  /** Bytes so far. */
  readonly bytes: number;
  /** Bytes in all; undefined where the server does not say. */
  readonly total: number | undefined;
}

export interface EngineCallOptions {
  /** Stops the statement within a second and leaves the engine usable; the call rejects with `canceled`. */
  readonly signal?: AbortSignal;
}

export interface ExportOptions extends EngineCallOptions {
  /**
   * Parts may lie in memory that threads share, where others come once they are released: whoever asks for it releases
   * every one, and reads it until then only.
   *
   * @default false
   */
  readonly lend?: boolean;
}

export interface QueryOptions extends EngineCallOptions {
  readonly files?: Readonly<Record<string, EngineFile>>;
  /** Where plain names of tables in the statement's text are looked for: that of its {@link TableRef}s. @default nowhere */
  readonly namespace?: string;
}

export interface ImportOptions extends EngineCallOptions {
  /**
   * Whether the parts are the engine's from now on, so that it need not copy them. Where columns are given, they are also what
   * `exportParts` once gave, held against their hashes: it need not look for damage. @default false
   */
  readonly own?: boolean;
}

/** One of the queries whose answers, one below the other, are a table. */
export interface TablePiece {
  readonly query: BoundSql;
  readonly files?: Readonly<Record<string, EngineFile>>;
}

export interface CreateTableOptions extends QueryOptions {
  /** Names of functions called in the query, lower case, as the lexer found them. Empty: none is volatile. */
  readonly functions?: readonly string[];
}

/**
 * What runs SQL over tables. A table exists whole or not at all, whatever fails or is cancelled. Held by
 * `engineSuite` of `@cairn/core/testing`.
 */
export interface Engine {
  readonly identity: EngineIdentity;
  /** Whether it reads files by their local path; if not, a run hands it their bytes. @default true */
  readonly readsPaths?: boolean;
  /** Starts it; idempotent. Every other call starts it too. @throws CairnError `engine_failed` */
  open(options?: EngineCallOptions): Promise<void>;
  /** Makes a table of a query; replaces a table of that name. @throws CairnError `sql_failed` with the SQL */
  createTable(table: TableRef, query: BoundSql, options?: CreateTableOptions): Promise<TableInfo>;
  /**
   * Makes a table of several queries' answers, in their order, in one transaction; replaces a table of that name. It is in
   * everything as if one query had given all rows. All answers have the columns of the first. A piece is taken while the one
   * before it is worked on, and let go of once it is in the table.
   *
   * @throws CairnError `sql_failed` with the SQL, `invalid_data` when there are no pieces; what the pieces throw
   */
  createTableOf(
    table: TableRef,
    pieces: AsyncIterable<TablePiece>,
    options?: EngineCallOptions,
  ): Promise<TableInfo>;
  /** Answers a query with an apache-arrow Table. @throws CairnError `sql_failed` with the SQL */
  query(query: BoundSql, options?: QueryOptions): Promise<Table>;
  /**
   * The table as complete Arrow IPC streams in row order, at least one, of about 16 MiB each. Where it is cut is a
   * pure function of the table, so that equal tables have equal parts.
   */
  exportParts(table: TableRef, options?: ExportOptions): AsyncIterable<Part>;
  /**
   * Makes a table of parts in one transaction; replaces a table of that name.
   *
   * @param columns What `exportParts`'s table had, and then the new table is the same in everything; undefined for
   *   streams from elsewhere, whose own schema decides.
   * @throws CairnError `invalid_data` when the parts are not Arrow IPC streams of these columns
   */
  importParts(
    table: TableRef,
    columns: readonly Column[] | undefined,
    parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options?: ImportOptions,
  ): Promise<TableInfo>;
  /**
   * Roughly how many bytes of memory a table takes while the engine holds it; at once and without starting. What a runner's
   * `memoryBudget` is counted in. Left out by an engine of which the size of the parts tells it.
   */
  tableMemory?(table: TableSize): number;
  /** Idempotent. */
  dropTable(table: TableRef): Promise<void>;
  /**
   * Calls the listener whenever all tables are gone because what held them ended: it crashed, ran out of memory, did
   * not answer, or was closed. It is called before the calls that this ends are rejected; the next call starts the
   * engine anew. Left out by an engine that cannot lose its tables.
   *
   * @returns what ends the listening
   */
  onLost?(listener: (reason: CairnError) => void): () => void;
  /**
   * Calls the listener while the engine is fetched, where it has to be.
   *
   * @returns what ends the listening
   */
  onLoading?(listener: (progress: EngineLoading) => void): () => void;
  /** Ends it and frees its memory; idempotent; it may be opened again. */
  close(): Promise<void>;
}
