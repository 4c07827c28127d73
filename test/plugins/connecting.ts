import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BoundSql,
  CairnError,
  type ConnectorContext,
  type ErrorCode,
  type Receipt,
  silentLogger,
  type SinkConnector,
  type SourceConnector,
  type SourcePiece,
  sql,
  type Sql,
  type TableInfo,
  type TablePiece,
  type TableView,
} from '@cairn/core';
import { invalidData } from '@cairn/core/plugin';
import { createNodeEngine, nodeFiles } from '@cairn/node';
import { afterAll, expect } from 'vitest';
import { bindFragment } from '../../packages/core/dist/run/bind.js';
import { tableFromIPC } from 'apache-arrow';

const engine = createNodeEngine();
export const folder: string = mkdtempSync(join(tmpdir(), 'cairn-plugins-'));
export const files = nodeFiles({ cwd: folder });

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

export const table = { namespace: 'test', name: 'data' };

/** What was logged as a warning. */
export const warnings: string[] = [];

export function contextOf(
  connector: Pick<SourceConnector | SinkConnector, 'location' | 'options'>,
  given: Partial<ConnectorContext> = {},
): ConnectorContext {
  return {
    pipeline: 'p',
    step: 's',
    runId: 'run-1',
    location: connector.location,
    options: connector.options,
    signal: new AbortController().signal,
    logger: { ...silentLogger, warn: (_facts, message) => warnings.push(message) },
    files,
    fileHash: (path) => files.hash(path),
    progress: () => undefined,
    ...given,
  };
}

/** Reads a source into a table as the runner does. */
export async function load(
  connector: SourceConnector,
  given: Partial<ConnectorContext> = {},
): Promise<TableInfo> {
  const read = await connector.read(contextOf(connector, given));
  let info: TableInfo;
  try {
    info =
      'streams' in read.data
        ? await engine.importParts(table, undefined, read.data.streams)
        : 'queries' in read.data
          ? await engine.createTableOf(table, pieces(read.data.queries))
          : await engine.createTable(
              table,
              { parts: bindFragment(read.data.query) },
              { files: read.data.files },
            );
  } catch (error) {
    await read.close?.(error);
    throw error;
  }
  await read.close?.();
  if (read.rows !== undefined && read.rows !== info.rows)
    throw invalidData(`${read.rows} rows, but ${info.rows} came`);
  return info;
}

async function* pieces(queries: AsyncIterable<SourcePiece>): AsyncGenerator<TablePiece> {
  for await (const { query, files: given } of queries) yield { query: bound(query), files: given };
}

/** Makes the table of a query. */
export function make(query: Sql): Promise<TableInfo> {
  return engine.createTable(table, bound(query));
}

/** The table's rows, every value as the engine casts it to text. */
export function rows(): Promise<(string | null)[][]> {
  return answer(sql`select columns(*)::varchar from test.data`);
}

/** The rows of a query's answer, all of it text. */
export async function answer(query: Sql): Promise<(string | null)[][]> {
  const found = await engine.query(bound(query));
  return found.toArray().map((row: object) => Object.values(row) as (string | null)[]);
}

export const columns = (info: TableInfo): string =>
  info.columns.map(({ name, type }) => `${name} ${type}`).join(', ');

/** Loads, and shows columns and rows. */
export async function read(
  connector: SourceConnector,
  given: Partial<ConnectorContext> = {},
): Promise<{ columns: string; rows: (string | null)[][] }> {
  const info = await load(connector, given);
  return { columns: columns(info), rows: await rows() };
}

/** Writes a query's answer as the runner does, and resolves to the receipt. */
export async function write(connector: SinkConnector, query: Sql): Promise<Receipt> {
  const view = await viewOf(query);
  const context = contextOf(connector);
  return connector.commit(await connector.prepare(view, context), context);
}

/** The view of a query's answer, for calling a sink's phases one by one. */
export async function viewOf(query: Sql): Promise<TableView> {
  const info = await make(query);
  const slice = { namespace: 'test', name: 'slice' };
  return {
    name: table.name,
    rows: info.rows,
    columns: info.columns,
    arrow: () => engine.query(bound(sql`from test.data`)),
    async *batches(select = sql`*`) {
      await engine.createTable(slice, bound(sql`select ${select} from test.data`));
      for await (const part of engine.exportParts(slice)) yield tableFromIPC(part.bytes);
    },
  };
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export async function fails(
  promise: Promise<unknown>,
  code: ErrorCode,
  message?: RegExp,
): Promise<CairnError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CairnError);
  const failed = error as CairnError;
  expect(failed.code).toBe(code);
  if (message !== undefined) expect(failed.message).toMatch(message);
  return failed;
}

/** What a call throws at once. */
export function throws(run: () => unknown, message: RegExp): void {
  expect(run).toThrowError(message);
  try {
    run();
  } catch (error) {
    expect((error as CairnError).code).toBe('invalid_argument');
  }
}

function bound(query: Sql): BoundSql {
  return { parts: bindFragment(query) };
}
