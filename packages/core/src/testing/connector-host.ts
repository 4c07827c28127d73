import { CairnError } from '../errors/cairn-error.ts';
import { fileNotFound, pathNotSupported } from '../errors/connector-errors.ts';
import type { Engine, TableInfo, TablePiece } from '../engine/engine.ts';
import { silentLogger } from '../events/logger.ts';
import { canonicalParams } from '../pipeline/params.ts';
import type {
  ConnectorContext,
  SinkConnector,
  SourceConnector,
  SourcePiece,
  SourceRead,
} from '../pipeline/connector.ts';
import type { FileSystem } from '../pipeline/file-system.ts';
import { bindFragment } from '../run/bind.ts';
import { exported, table } from './engine-fixtures.ts';
import { expectThat } from './expectation.ts';

type Connector = SourceConnector | SinkConnector;

/** What a connector runs beside in a test. */
export interface ConnectorHost {
  /** The host's files, for connectors with paths. @default none */
  readonly files?: FileSystem | undefined;
  /** The values of `secret('NAME')` in the connector's location and options. @default none */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
}

/** Calls a connector as a runner does. */
export interface Called {
  /** What the connector's methods are given. */
  context(given?: Partial<ConnectorContext>): ConnectorContext;
  /** Opens and closes what the connector opens and closes, around a piece of work. */
  within<Value>(work: (resource: Partial<ConnectorContext>) => Promise<Value>): Promise<Value>;
}

let runs = 0;

/** @param connector Its params are filled in; its secrets are the host's. */
export function call(connector: Connector, { files, secrets = {} }: ConnectorHost): Called {
  const context = (given: Partial<ConnectorContext> = {}): ConnectorContext => ({
    pipeline: 'suite',
    step: 'step',
    runId: `run-${(runs += 1)}`,
    location: filled(connector.location, secrets) as Record<string, unknown>,
    options: filled(connector.options, secrets) as Record<string, unknown>,
    signal: new AbortController().signal,
    logger: silentLogger,
    files,
    fileHash: async (path) => {
      if (files === undefined) throw pathNotSupported(path);
      if ((await files.stat(path)) === undefined) throw fileNotFound(path);
      return files.hash(path);
    },
    progress: () => undefined,
    ...given,
  });
  return {
    context,
    within: async (work) => {
      const resource = await connector.open?.(context());
      try {
        return await work({ resource });
      } finally {
        await connector.close?.(context({ resource }));
      }
    },
  };
}

function filled(value: unknown, secrets: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => filled(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  if ('~cairn' in value) {
    const { name } = value as { readonly name?: unknown };
    return typeof name === 'string' && name in secrets ? secrets[name] : value;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, secrets)]));
}

/** Fails unless the connector says what it is in data that a fingerprint can take. */
export function expectDefined(connector: Connector): void {
  expectThat(typeof connector.type === 'string' && connector.type !== '', 'the connector has a type');
  for (const part of ['location', 'options'] as const) {
    try {
      canonicalParams(connector[part]);
    } catch (error) {
      expectThat(false, `${part} is data that a fingerprint can take: ${String(error)}`);
    }
  }
}

/** Makes a table of what a source has read, as a runner does, and closes it. */
export async function load(engine: Engine, name: string, read: SourceRead): Promise<TableInfo> {
  const { data } = read;
  let info: TableInfo;
  try {
    info =
      'streams' in data
        ? await engine.importParts(table(name), undefined, data.streams, { own: data.own === true })
        : 'queries' in data
          ? await engine.createTableOf(table(name), piecesOf(data.queries))
          : await engine.createTable(table(name), { parts: bindFragment(data.query) }, { files: data.files });
  } catch (error) {
    await read.close?.(error);
    throw error;
  }
  await read.close?.();
  return info;
}

async function* piecesOf(queries: AsyncIterable<SourcePiece>): AsyncGenerator<TablePiece> {
  for await (const { query, files } of queries) yield { query: { parts: bindFragment(query) }, files };
}

/** The bytes of a table, by which two tables are the same. */
export async function contentOf(engine: Engine, name: string): Promise<Uint8Array[]> {
  return (await exported(engine, table(name))).map(({ bytes }) => bytes);
}

/** The codes with which a connector may answer that its data is not, or not any more, what it should be. */
export function isRefusal(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof CairnError && codes.includes(error.code);
}

/** Fails unless the promise settles in time: a connector that hangs would hang its run. */
export async function settles<Value>(what: string, promise: Promise<Value>): Promise<Value> {
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: it did not end within 10 s`)), 10_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
