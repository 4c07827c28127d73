import { engineFailed, sandboxRefused, sqlFailed } from '../errors/engine-errors.ts';
import { isCairnError } from '../errors/cairn-error.ts';
import { invalidArgument } from '../errors/pipeline-errors.ts';
import { readableType } from './column-codec.ts';
import { collect } from './collect.ts';
import { parseType } from './column-type.ts';
import { toRows, type Connection } from './connection.ts';
import { createConnections, type Connections } from './connections.ts';
import type { DuckDbInstance, DuckDbLike } from './duckdb-like.ts';
import type { BoundSql, Engine, EngineLoading, Part, QueryOptions, TableRef } from './engine.ts';
import { readParts } from './export-parts.ts';
import { givesFullVectors } from './full-vectors.ts';
import { createHost } from './host.ts';
import { writeParts } from './import-parts.ts';
import { quoteName, quoteText } from './literal.ts';
import { madeTables, type MadeTable } from './made-tables.ts';
import { asRefusal, lockUp } from './sandbox.ts';
import { plainColumns } from './plain-columns.ts';
import { statementFailed, writeStatement, type Statement } from './statement.ts';
import { writePieces } from './write-pieces.ts';
import { columnsOf, columnsQuery, tableName } from './table-info.ts';
import { tableMemory } from './table-memory.ts';
import { readVolatileFunctions } from './volatile-functions.ts';

export type {
  BatchRequest,
  DuckDbInstance,
  DuckDbLike,
  FetchedBatches,
  StartedStatement,
  StartRequest,
} from './duckdb-like.ts';

/** Options of {@link duckDbEngine}. */
export interface DuckDbEngineOptions {
  /**
   * Starts a DuckDB-WASM; called at the first use, and again after the engine was closed or broke down. It may tell how
   * much has been fetched.
   */
  readonly connect: (onLoading: (progress: EngineLoading) => void) => Promise<DuckDbInstance>;
  /** The version of the DuckDB-WASM package, such as `1.32.0`; part of the engine's identity. */
  readonly version: string;
  /** DuckDB settings by name; part of the engine's identity. @default none */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Extensions to load at the start, and where from; nothing is ever loaded otherwise. Their names are part of the
   * engine's identity. @default none
   */
  readonly extensions?: { readonly repository: string; readonly names: readonly string[] };
  /**
   * After so many milliseconds in which the instance answered nothing although it was asked, it is ended and started
   * anew. A running statement answers many times a second; what takes longest is one message: an insert of a gigabyte
   * is some ten seconds, fetching an extension a minute at most. Infinity waits for ever. @default 300_000
   */
  readonly answerTimeoutMs?: number;
  /**
   * Whether SQL is kept from files, the network, extensions and settings: `enable_external_access` is off and the configuration is
   * locked, once the settings and extensions above are in place. The files of connectors are read as before, as bytes. It changes no
   * result, so it is not part of the engine's identity. @default false
   */
  readonly sandbox?: boolean;
}

/** What results depend on, so that nobody may set it otherwise. */
const fixedSettings = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  preserve_insertion_order: 'true',
};

/** Where the files of connectors are registered. No host has a folder of this name, and no web server. */
const filesFolder = 'cairn://files/';

function settle(options: DuckDbEngineOptions, connections: Connections): (db: DuckDbLike) => Promise<void> {
  const { settings = {}, extensions } = options;
  return async (db) => {
    const connection = await connections.open(db, undefined);
    // Statements begin as those to come, with what holds for all.
    connection.spoil();
    const set = (name: string, value: string): Promise<void> =>
      connection.execute(`set global ${quoteName(name)} = ${quoteText(value)}`);
    try {
      for (const [name, value] of Object.entries(fixedSettings)) await set(name, value);
      if (extensions) await set('custom_extension_repository', extensions.repository);
      for (const name of extensions?.names ?? []) {
        await connection.execute(`install ${quoteName(name)}`);
        await connection.execute(`load ${quoteName(name)}`);
      }
      // Only ICU knows time zones; without it every TIMESTAMPTZ is UTC already.
      if (extensions?.names.includes('icu') === true) await set('TimeZone', 'UTC');
      for (const [name, value] of Object.entries(settings)) await set(name, value);
      if (options.sandbox === true) await lockUp(connection, filesFolder);
    } finally {
      await connection.close();
    }
  };
}

/** Says whether a text has a semicolon outside of strings and comments, as DuckDB reads it. */
async function hasSemicolon(db: DuckDbLike, text: string): Promise<boolean> {
  if (!text.includes(';')) return false;
  const bytes = new TextEncoder().encode(text);
  const { offsets } = await db.tokenize(text);
  return offsets.some((offset) => bytes[offset] === 0x3b);
}

/**
 * The engine that runs SQL on DuckDB-WASM. It starts at the first use; what starts it is the host's affair, so it
 * runs wherever there is something like an `AsyncDuckDB`. Each namespace is a schema of the database.
 *
 * @throws CairnError `invalid_argument` for a setting on which the sameness of results depends, and a wrong option
 */
export function duckDbEngine(options: DuckDbEngineOptions): Engine {
  const { settings = {}, extensions, answerTimeoutMs = 300_000, sandbox = false } = options;
  if (typeof sandbox !== 'boolean') throw invalidArgument('sandbox', 'is true or false');
  if (!(answerTimeoutMs > 0)) throw invalidArgument('answerTimeoutMs', 'must be more than 0');
  const fixed = Object.keys(settings).find(
    (name) => name.toLowerCase() in fixedSettings || name === 'threads',
  );
  if (fixed !== undefined) throw invalidArgument('settings', `'${fixed}' is fixed, for results depend on it`);

  let volatile: ReadonlySet<string> | undefined;
  let namespaces = new Set<string>();
  let files = 0;
  const loading = new Set<(progress: EngineLoading) => void>();

  const connections = createConnections();
  const made = madeTables();
  const prepare = settle(options, connections);
  const host = createHost(
    async () => {
      // The first answer needs it, and this thread has nothing to do but to wait.
      import('apache-arrow').catch(() => undefined);
      try {
        return await options.connect((progress) => {
          for (const listener of loading) listener(progress);
        });
      } catch (error) {
        throw isCairnError(error) ? error : engineFailed('it did not start', error);
      }
    },
    async (db) => {
      namespaces = new Set();
      volatile = undefined;
      try {
        await prepare(db);
      } catch (error) {
        throw engineFailed('it could not be set up', error);
      }
    },
    answerTimeoutMs,
  );

  const ensureNamespace = async (connection: Connection, namespace: string): Promise<void> => {
    if (namespaces.has(namespace)) return;
    await connection.execute(`create schema if not exists ${quoteName(namespace)}`);
    namespaces.add(namespace);
  };

  /**
   * Does a piece of work on a connection of its own.
   *
   * @param namespace Where plain names of tables are looked for.
   */
  const call = <Result>(
    what: string,
    signal: AbortSignal | undefined,
    work: (connection: Connection) => Promise<Result>,
    namespace?: string,
  ): Promise<Result> =>
    host.run(what, signal, async (db) => {
      let connection: Connection | undefined;
      try {
        if (namespace !== undefined && !namespaces.has(namespace))
          await call(what, signal, (plain) => ensureNamespace(plain, namespace));
        connection = await connections.open(db, signal, namespace);
        return await work(connection);
      } catch (error) {
        throw signal?.aborted === true || isCairnError(error) ? error : engineFailed(what, error);
      } finally {
        await connection?.close();
      }
    });

  /** Makes a table, or removes one. */
  const change = <Info extends MadeTable | undefined>(
    what: string,
    table: TableRef,
    { signal, namespace }: { readonly signal?: AbortSignal | undefined; readonly namespace?: string },
    work: (connection: Connection) => Promise<Info>,
  ): Promise<Info> => {
    const prepared = async (connection: Connection): Promise<Info> => {
      await ensureNamespace(connection, table.namespace);
      return made.change(connection, table, () => work(connection));
    };
    return call(`${what} table '${table.name}'`, signal, prepared, namespace);
  };

  /** Makes a query's files and values known to a connection while it is at work. */
  const withStatement = async <Result>(
    connection: Connection,
    query: BoundSql,
    { files: given, signal }: QueryOptions,
    work: (
      statement: Statement,
      attempt: <T>(prefix: string, step: Promise<T>) => Promise<T>,
    ) => Promise<Result>,
  ): Promise<Result> => {
    const names: Record<string, string> = {};
    const registered: string[] = [];
    try {
      for (const [name, file] of Object.entries(given ?? {})) {
        if ('path' in file) {
          if (sandbox) {
            throw sandboxRefused(`reading the path of the file '${name}': give its bytes`, {});
          }
          // DuckDB remembers what it has read of a path; the file may be another one by now.
          await connection.db.dropFile(file.path).catch(() => undefined);
          names[name] = file.path;
        } else {
          const own = `${filesFolder}${++files}`;
          await connection.db.registerFileBuffer(own, new Uint8Array(file.bytes));
          registered.push(own);
          names[name] = own;
        }
      }
      const statement = writeStatement(query, names);
      if (await hasSemicolon(connection.db, statement.text)) {
        throw sqlFailed('The SQL failed: it must be one query, without a semicolon', {
          sql: statement.shown,
        });
      }
      // Neither a value nor a seed may reach another call's statement.
      if (statement.variables.length > 0 || /setseed/i.test(statement.text)) connection.spoil();
      for (const variable of statement.variables) await connection.execute(variable);
      return await work(statement, async (prefix, step) => {
        try {
          return await step;
        } catch (error) {
          if (signal?.aborted === true || isCairnError(error)) throw error;
          const failed = statementFailed(error, statement, prefix);
          throw sandbox ? asRefusal(failed) : failed;
        }
      });
    } finally {
      for (const name of registered) await connection.db.dropFile(name).catch(() => undefined);
    }
  };

  return {
    identity: Object.freeze({
      name: 'duckdb-wasm',
      dialect: 'duckdb',
      version: options.version,
      settings: Object.freeze({
        ...settings,
        ...(extensions && extensions.names.length > 0
          ? { extensions: extensions.names.toSorted().join(' ') }
          : {}),
      }),
    }),

    readsPaths: !sandbox,

    open: (callOptions = {}) => host.run('starting the engine', callOptions.signal, () => Promise.resolve()),

    createTable: (table, query, { functions = [], ...callOptions } = {}) =>
      change('making', table, callOptions, async (connection) => {
        const target = `create or replace table ${tableName(table)} as`;
        const { rows, behind } = await withStatement(
          connection,
          query,
          callOptions,
          async ({ text }, attempt) => {
            const reads = callOptions.files === undefined ? made.mostRows(connection, query) : 0;
            const isFull = await givesFullVectors(connection, target, text, reads);
            const { prefix, suffix } = isFull ? { prefix: `${target} `, suffix: '' } : collect(target, text);
            return attempt(prefix, connection.write(`${prefix}${text}${suffix}`, columnsQuery(table)));
          },
        );
        if (functions.length > 0) volatile ??= await readVolatileFunctions(connection);
        return {
          rows,
          columns: await plainColumns(connection, table, query, columnsOf(behind)),
          volatileFunctions: [...new Set(functions)]
            .filter((name) => volatile?.has(name) === true)
            .toSorted(),
        };
      }),

    createTableOf: (table, pieces, { signal } = {}) =>
      change('making', table, { signal }, (connection) =>
        writePieces(connection, table, pieces, ({ query, files: given }, target) =>
          withStatement(
            connection,
            query,
            { ...(given && { files: given }), ...(signal && { signal }) },
            async ({ text }, attempt) => {
              const { prefix, suffix } = collect(target, text);
              return (await attempt(prefix, connection.write(`${prefix}${text}${suffix}`))).rows;
            },
          ),
        ),
      ),

    query: (query, callOptions = {}) =>
      call(
        'a query',
        callOptions.signal,
        (connection) =>
          withStatement(connection, query, callOptions, async (statement, attempt) => {
            const described = connection.table(`describe (\n${statement.text}\n)`);
            const columns = toRows(await attempt('describe (\n', described)).map((row, index) => {
              const type = String(row['column_type']);
              const readable = readableType(parseType(type));
              const cast = readable === type ? '' : `::${readable}`;
              return { alias: `c${index}`, cast, name: quoteName(String(row['column_name'])) };
            });
            const lossy = columns.some(({ cast }) => cast !== '');
            const aliases = columns.map(({ alias }) => alias).join(', ');
            const selected = columns.map(({ alias, cast, name }) => `${alias}${cast} as ${name}`).join(', ');
            const prefix = `select ${lossy ? selected : '*'} from (\n`;
            return attempt(
              prefix,
              connection.table(`${prefix}${statement.text}\n)${lossy ? ` as cairn(${aliases})` : ''}`),
            );
          }),
        callOptions.namespace,
      ),

    async *exportParts(table, { signal, lend = false } = {}) {
      const what = `exporting table '${table.name}'`;
      const opened = await host.run(what, signal, async (db) => {
        const connection = await connections.open(db, signal);
        try {
          const known = await made.find(connection, table);
          return { connection, reader: await readParts(connection, table, known, lend) };
        } catch (error) {
          await connection.close();
          throw signal?.aborted === true || isCairnError(error) ? error : engineFailed(what, error);
        }
      });
      const next = (): Promise<Part | undefined> => {
        const part = host.run(
          what,
          signal,
          async () => {
            try {
              return await opened.reader.next();
            } catch (error) {
              throw signal?.aborted === true || isCairnError(error) ? error : engineFailed(what, error);
            }
          },
          opened.connection.db,
        );
        part.catch(() => undefined);
        return part;
      };
      let ahead = next();
      try {
        for (;;) {
          const part = await ahead;
          if (!part) return;
          // The next part is read while this one is hashed and stored.
          ahead = next();
          yield part;
        }
      } finally {
        (await ahead.catch(() => undefined))?.release?.();
        await opened.connection.close();
      }
    },

    importParts: (table, columns, parts, { signal, own = false } = {}) =>
      change('importing', table, { signal }, (connection) =>
        writeParts(connection, table, columns, parts, own),
      ),

    tableMemory,

    dropTable: (table) =>
      change('dropping', table, {}, async (connection) => {
        await connection.execute(`drop table if exists ${tableName(table)}`);
        return undefined;
      }),

    onLost: (listener) => host.onLost(listener),

    onLoading(listener) {
      loading.add(listener);
      return () => loading.delete(listener);
    },

    close: () => host.close(),
  };
}
