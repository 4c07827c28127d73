import {
  type ConnectorContext,
  type SinkConnector,
  silentLogger,
  type SourceConnector,
  type TableView,
} from '@cairn/core';
import { fromArrow, toArrow } from '@cairn/plugins/arrow';
import { fromParquet, toParquet } from '@cairn/plugins/parquet';
import { fromTable, toTable } from '@cairn/plugins/table';
import * as arrow from 'apache-arrow';

const rowCount = 5000;

/** A table as a sink is given it, without an engine. */
function view(): TableView {
  const table = new arrow.Table({
    n: arrow.makeVector(Int32Array.from({ length: rowCount }, (_, index) => index * 3)),
    d: arrow.makeVector(Float64Array.from({ length: rowCount }, (_, index) => index / 7)),
  });
  const unusable = (): never => {
    throw new Error('a sink takes the streams');
  };
  return {
    name: 'data',
    rows: rowCount,
    columns: [
      { name: 'n', type: 'INTEGER', nullable: true },
      { name: 'd', type: 'DOUBLE', nullable: true },
    ],
    arrow: unusable,
    batches: unusable,
    async *streams() {
      for (let start = 0; start < rowCount; start += 2048)
        yield arrow.tableToIPC(table.slice(start, start + 2048), 'stream');
    },
  };
}

function contextOf({ location, options }: SourceConnector | SinkConnector): ConnectorContext {
  return {
    pipeline: 'p',
    step: 's',
    runId: 'run-1',
    location,
    options,
    signal: new AbortController().signal,
    logger: silentLogger,
    files: undefined,
    fileHash: () => Promise.reject(new Error('no files')),
    progress: () => undefined,
  };
}

async function read(connector: SourceConnector): Promise<arrow.Table> {
  const { data, close } = await connector.read(contextOf(connector));
  const tables: arrow.Table[] = [];
  try {
    if ('streams' in data) for await (const stream of data.streams) tables.push(arrow.tableFromIPC(stream));
  } finally {
    await close?.();
  }
  const [first, ...others] = tables as [arrow.Table, ...arrow.Table[]];
  return first.concat(...others);
}

/** Writes a table in every format and reads it back: the hashes of the files, and what was read. */
export async function writeAll(): Promise<{
  readonly hashes: Record<string, string>;
  readonly read: Record<string, string>;
}> {
  const hashes: Record<string, string> = {};
  const found: Record<string, string> = {};
  for (const [name, make, back] of [
    [
      'parquet',
      (onBlob: (blob: Blob) => void) => toParquet({ onBlob: onBlob as never, rowGroupRows: 4096 }),
      fromParquet,
    ],
    [
      'snappy',
      (onBlob: (blob: Blob) => void) => toParquet({ onBlob: onBlob as never, compression: 'snappy' }),
      fromParquet,
    ],
    ['arrow', (onBlob: (blob: Blob) => void) => toArrow({ onBlob: onBlob as never }), fromArrow],
    [
      'stream',
      (onBlob: (blob: Blob) => void) => toArrow({ onBlob: onBlob as never, format: 'stream' }),
      fromArrow,
    ],
  ] as const) {
    let blob: Blob | undefined;
    const connector = make((given) => void (blob = given));
    const context = contextOf(connector);
    const receipt = await connector.commit(await connector.prepare(view(), context), context);
    hashes[name] = String(receipt['sha256']);
    found[name] = shown(await read(back({ file: blob as Blob })));
  }
  const given: Uint8Array[] = [];
  const table = toTable({ onBytes: (bytes) => void given.push(bytes) });
  const receipt = await table.commit(await table.prepare(view(), contextOf(table)), contextOf(table));
  hashes['table'] = String(receipt['sha256']);
  found['table'] = shown(await read(fromTable(given[0] as Uint8Array)));
  found['rows'] = shown(await read(fromTable([{ n: 14997, d: 4999 / 7 }])));
  return { hashes, read: found };
}

function shown(table: arrow.Table): string {
  return `${table.numRows} ${String(table.get(table.numRows - 1))}`;
}

/** What every runtime makes of it. */
export const sameHashes: Readonly<Record<string, string>> = {
  arrow: '3fcfe09c1582f2336dc553f054a4941561e8d685023ee58f0b87b398a6680267',
  parquet: '9ca5a87d3f3186cf85cedf57aaa1281608a7c07d579003b1483b446fdb1adc99',
  snappy: '137dd64daaea80fc576437fafe6813aa0ed3762dd6c30e830a2fe9abd6fea14d',
  stream: '211d97aedd11f65d1a5d8a7ee85b2c68c40f0c2712b1d9a89453ed93a284c499',
  table: '5c9647e6b1fd9fdc503e879fd103680559399ee0a591491447cdc8d3dacf964d',
};
export const sameRows: Readonly<Record<string, string>> = {
  parquet: '5000 {"n": 14997, "d": 714.1428571428571}',
  snappy: '5000 {"n": 14997, "d": 714.1428571428571}',
  arrow: '5000 {"n": 14997, "d": 714.1428571428571}',
  stream: '5000 {"n": 14997, "d": 714.1428571428571}',
  table: '5000 {"n": 14997, "d": 714.1428571428571}',
  rows: '1 {"n": 14997, "d": 714.1428571428571}',
};
