import { readRows } from '../checkpoint/read-rows.ts';
import { tableOfStreams } from '../checkpoint/arrow-tables.ts';
import type { BoundSqlPart, TableRef } from '../engine/engine.ts';
import { invalidArgument } from '../errors/pipeline-errors.ts';
import { canceled, secretNotFound } from '../errors/run-errors.ts';
import { captureConnector, connectorParams } from '../pipeline/connector-params.ts';
import type { ConnectorContext, Receipt, SinkConnector } from '../pipeline/connector.ts';
import type { Sql } from '../pipeline/sql.ts';
import type { Column, ReadOptions, TableView } from '../pipeline/table.ts';
import { bindFragment } from './bind.ts';
import { filled } from './connector-context.ts';
import { fileHash } from './file-hashes.ts';
import type { RunnerParts } from './session.ts';

/** What writing outside of a run needs of its runner. */
export type WriteParts = Pick<
  RunnerParts,
  'store' | 'engine' | 'files' | 'allowUrls' | 'logger' | 'now' | 'uuid' | 'secret'
>;

/** An answer that stands in the engine. */
interface Answer {
  readonly table: TableRef;
  readonly rows: number;
  readonly columns: readonly Column[];
}

interface Writing {
  readonly pipeline: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((done: number, total: number | undefined) => void) | undefined;
}

/** Goes through a sink's phases with an answer. What fails between them leaves the target as it was. */
export async function writeAnswer(
  parts: WriteParts,
  answer: Answer,
  given: SinkConnector,
  { pipeline, signal: stop, onProgress }: Writing,
): Promise<Receipt> {
  const sink = captureConnector('write', 'sink', given);
  const [param] = connectorParams(sink);
  if (param !== undefined)
    throw invalidArgument('write', `the param '${param}' has no value outside of a pipeline`);
  const signal = stop ?? new AbortController().signal;
  const find = async (name: string): Promise<string> => {
    const known = await parts.secret(name);
    if (known === undefined) throw secretNotFound(name, sink.type);
    return known;
  };
  const { files, allowUrls, logger, store, now } = parts;
  const context: ConnectorContext = {
    pipeline,
    step: sink.type,
    runId: parts.uuid(),
    location: (await filled(sink.location, find)) as Record<string, unknown>,
    options: (await filled(sink.options, find)) as Record<string, unknown>,
    signal,
    logger,
    files,
    allowUrls,
    fileHash: (path) => fileHash(path, files, store, now, signal),
    progress: (done, total) => onProgress?.(done, total),
  };
  const opened = { ...context, resource: await sink.open?.(context) };
  let prepared: Receipt | undefined;
  try {
    prepared = await sink.prepare(viewOf(parts, answer, signal), opened);
    signal.throwIfAborted();
    return await sink.commit(prepared, opened);
  } catch (error) {
    if (prepared !== undefined) await sink.rollback(prepared, opened).catch(() => undefined);
    throw signal.aborted ? canceled(`Writing with the sink '${sink.type}'`, signal.reason) : error;
  } finally {
    await sink.close?.(opened);
  }
}

function viewOf({ engine }: WriteParts, { table, rows, columns }: Answer, signal: AbortSignal): TableView {
  async function* exported(of: TableRef): AsyncGenerator<Uint8Array> {
    for await (const { bytes } of engine.exportParts(of, { signal })) yield bytes;
  }
  async function* selected(list: readonly BoundSqlPart[]): AsyncGenerator<Uint8Array> {
    const slice: TableRef = { namespace: table.namespace, name: `${table.name} selected` };
    const text = (part: string): BoundSqlPart => ({ kind: 'text', text: part });
    await engine.createTable(
      slice,
      { parts: [text('select '), ...list, text(' from '), { kind: 'table', table }] },
      { signal },
    );
    try {
      yield* exported(slice);
    } finally {
      await engine.dropTable(slice).catch(() => undefined);
    }
  }
  const streams = (list?: Sql): AsyncIterable<Uint8Array> =>
    list === undefined ? exported(table) : selected(bindFragment(list));
  return Object.freeze({
    name: table.name,
    rows,
    columns,
    arrow: (options?: ReadOptions) => readRows(table.name, columns, exported(table), options),
    async *batches(list?: Sql) {
      for await (const bytes of streams(list)) yield await tableOfStreams([bytes]);
    },
    streams,
  });
}
