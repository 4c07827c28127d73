import type { Logger } from '../events/logger.ts';
import type { FileSystem } from './file-system.ts';
import type { Json } from './json.ts';
import type { TableView } from './table.ts';
import type { Sql } from './sql.ts';

/** What a connector is given whenever it is called. Paths and options arrive with params and secrets filled in. */
export interface ConnectorContext {
  readonly pipeline: string;
  readonly step: string;
  readonly runId: string;
  /**
   * The same each time this step is done again for the same task, by whichever run; for a target that knows such keys, together with
   * what is written. Left out outside of a run.
   */
  readonly idempotencyKey?: string;
  /**
   * The runs of the same task that have begun this step since it was done last, and have not done it. One that was killed may have left
   * something behind under its id, which nobody needs any more. Left out outside of a run.
   */
  readonly earlierRuns?: readonly string[];
  /** Where the data is: the connector's `location`, params and secrets filled in. */
  readonly location: Readonly<Record<string, unknown>>;
  /** How the data is read or written: the connector's `options`, params and secrets filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Aborted when the run is cancelled, and when the attempt's time is over. */
  readonly signal: AbortSignal;
  /** What the connector's `open` resolved to; undefined without one. */
  readonly resource?: unknown;
  readonly logger: Logger;
  /** The host's files; undefined where there are none (a browser). */
  readonly files: FileSystem | undefined;
  /** The only URLs that may be asked, of the runner's option `allowUrls`; undefined when it was not given. */
  readonly allowUrls?: readonly string[] | undefined;
  /**
   * The SHA-256 of a local file in lower-case hex. Remembered by size, mtime and inode, so that an unchanged file is
   * not read again.
   *
   * @throws CairnError `path_not_supported`, `file_not_found`, `file_not_readable`
   */
  fileHash(path: string): Promise<string>;
  /** Tells observers how far the work is, in units of the connector's choice (bytes, mostly). */
  progress(done: number, total?: number): void;
}

/** A file that the engine reads while it runs a connector's SQL: a local path, or bytes. */
export type EngineFile = { readonly path: string } | { readonly bytes: Uint8Array };

/** One of the queries that a source's table is made of. */
export interface SourcePiece {
  /** A query whose `sql.file(name)` values name entries of `files`. */
  readonly query: Sql;
  readonly files: Readonly<Record<string, EngineFile>>;
}

/** What a source gives: Arrow IPC streams, SQL in the engine's dialect over named files, or several of those. */
export type SourceData =
  | {
      /** Complete Arrow IPC streams of one schema, in row order; at least one, also for an empty table. */
      readonly streams: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
      /**
       * Whether the streams are the engine's once they are taken, so that it need not copy them: the connector reads none again, and
       * no two share memory. @default false
       */
      readonly own?: boolean;
    }
  | SourcePiece
  | {
      /**
       * Queries whose answers, one below the other, are the table; at least one, also for an empty table, all of the same
       * columns. Each is taken while the engine works on the one before, so what is in memory is two of them and not the
       * whole. Pieces of a multiple of 2,048 rows are the cheapest.
       */
      readonly queries: AsyncIterable<SourcePiece>;
    };

/** What a source's `read` resolves to. */
export interface SourceRead {
  /** Identifies exactly the bytes that `data` was made of; it may differ from an earlier `identity()`. */
  readonly identity: string;
  readonly data: SourceData;
  /** How many rows the data has, where the source knows: a table with another number of rows is `invalid_data`. */
  readonly rows?: number;
  /** Called with how many rows the table has, once it is made; what it gives is the step's result. */
  result?(rows: number): Json | undefined;
  /**
   * Called when the table was made, or with what kept it from being made; may throw, and then that is why the step
   * fails: `invalid_data` when the file changed while it was read, or what an engine's error means for this source.
   */
  close?(failure?: unknown): Promise<void>;
}

/**
 * Reads data in. Made by a connector's factory (`fromCsv`), given to `source`. `location` says where and never enters
 * a fingerprint; `options` says how and does. Both may hold `param()` and `secret()` values.
 */
export interface SourceConnector<Params extends string = string> {
  /** The connector's name, such as `csv`; part of the fingerprint. */
  readonly type: string;
  readonly location: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** Names of the params used, for type inference only; never set. */
  readonly '~params'?: Params;
  /**
   * Opens what the other methods need, a connection for example: called before the first of them in a run, and again only
   * after it failed. What it resolves to is the others' `context.resource`, so that runs at the same time do not share
   * it. Its own signal outlives the attempt.
   */
  open?(context: ConnectorContext): Promise<unknown>;
  /**
   * Closes what `open` opened, once the run is done with the step: also after the last attempt has failed and after a
   * cancellation, by which its signal is not aborted. What it throws is told as a warning, and changes nothing.
   */
  close?(context: ConnectorContext): Promise<void>;
  /** What `identity` goes by, in a word or two, for plans: `content`, `stat`. */
  readonly identifiedBy?: string;
  /** Identifies the bytes as they are now, as cheaply as can be: a content hash, or what the user chose. */
  identity(context: ConnectorContext): Promise<string>;
  read(context: ConnectorContext): Promise<SourceRead>;
}

/** What a sink's `commit` leaves and `verify` looks at again; kept in the manifest. */
export type Receipt = { readonly [key: string]: Json };

/**
 * Writes a table out in two phases, so that a killed run leaves the old output or the new one, never a part:
 * `prepare` writes aside, `commit` makes it visible at once. `commit` may be called again after a crash.
 */
export interface SinkConnector<Params extends string = string> {
  readonly type: string;
  /** Where the data goes; part of a sink's fingerprint, for another place needs another write. */
  readonly location: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly '~params'?: Params;
  /**
   * Opens what the other methods need, a connection for example: called before the first of them in a run, and again only
   * after it failed. What it resolves to is the others' `context.resource`, so that runs at the same time do not share
   * it. Its own signal outlives the attempt.
   */
  open?(context: ConnectorContext): Promise<unknown>;
  /**
   * Closes what `open` opened, once the run is done with the step: also after the last attempt has failed and after a
   * cancellation, by which its signal is not aborted. What it throws is told as a warning, and changes nothing.
   */
  close?(context: ConnectorContext): Promise<void>;
  /** Writes aside. What it returns is handed to `commit` or `rollback`. */
  prepare(input: TableView, context: ConnectorContext): Promise<Receipt>;
  /** Makes what was prepared visible, atomically and durably; returns the receipt. */
  commit(prepared: Receipt, context: ConnectorContext): Promise<Receipt>;
  /** Removes what was prepared. Must not throw for what is not there. */
  rollback(prepared: Receipt, context: ConnectorContext): Promise<void>;
  /** Says whether the target still is what the receipt says. */
  verify(receipt: Receipt, context: ConnectorContext): Promise<boolean>;
}
