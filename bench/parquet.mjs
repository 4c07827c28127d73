// Parquet and Arrow, read and written: Cairn beside the library it uses alone, and beside DuckDB itself. Contenders take turns.
// node bench/parquet.mjs [rounds]. Native DuckDB takes part where its package is found: npm ci --prefix bench/peers.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger, sql } from '@cairn/core';
import { createNodeEngine, nodeFiles } from '@cairn/node';
import { fromArrow, toArrow } from '@cairn/plugins/arrow';
import { fromParquet, toParquet } from '@cairn/plugins/parquet';
import { tableFromIPC } from 'apache-arrow';
import { compareInTurns } from './in-turns.mjs';

const parquet = createRequire(import.meta.url)('parquet-wasm/node');
const rounds = Number(process.argv[2] ?? 5);
const compare = (title, floor, contenders) => compareInTurns(title, rounds, floor, contenders);
const flights = fileURLToPath(
  new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'));
const files = nodeFiles();
const engine = createNodeEngine();
const table = { namespace: 'bench', name: 'data' };
const native = await nativeDuckDb();
const at = (name) => join(folder, name);
const groupRows = 122_880;

try {
  console.log(`flights-3m.parquet, 3,000,000 rows, ${rounds} rounds after one that is told apart (cold)\n`);
  await compare('Parquet to Arrow IPC', 'parquet-wasm alone, the whole file in one call', {
    'parquet-wasm alone, the whole file in one call': () =>
      void parquet.readParquet(readFileSync(flights)).intoIPCStream(),
    'parquet-wasm alone, in the same slices': () => sliced(),
    fromParquet: () => drain(fromParquet({ path: flights })),
  });
  await compare('Parquet to a table', 'parquet-wasm and the engine, one call each', {
    'parquet-wasm and the engine, one call each': () =>
      load([parquet.readParquet(readFileSync(flights)).intoIPCStream()]),
    fromParquet: () => loadOf(fromParquet({ path: flights })),
    ...(native && { 'native DuckDB': () => native(`create or replace table data as from '${flights}'`) }),
  });
  const info = await engine.importParts(table, undefined, [
    parquet.readParquet(readFileSync(flights), { batchSize: 65_536 }).intoIPCStream(),
  ]);
  const view = viewOf(info);
  for (const compression of ['zstd', 'snappy']) {
    await compare(`a table to Parquet, ${compression}`, 'the export and parquet-wasm alone', {
      'the export and parquet-wasm alone': () => writeBare(compression),
      toParquet: () => write(toParquet({ path: at('ours.parquet'), compression }), view),
      ...(native && {
        'native DuckDB': () => native(`copy data to '${at('native.parquet')}' (compression ${compression})`),
      }),
    });
    console.log(
      `  ${mb('bare.parquet')}, ${mb('ours.parquet')}${native ? `, ${mb('native.parquet')}` : ''}\n`,
    );
  }
  await compare('a table to Arrow', 'the export and a write of its bytes', {
    'the export and a write of its bytes': async () => {
      const parts = [];
      for await (const { bytes } of engine.exportParts(table)) parts.push(bytes);
      writeFileSync(at('bare.arrow'), Buffer.concat(parts));
    },
    toArrow: () => write(toArrow({ path: at('ours.arrow') }), view),
  });
  await compare('Arrow to a table', 'the engine, of the bytes as they are', {
    'the engine, of the bytes as they are': () => load(bareStream()),
    fromArrow: () => loadOf(fromArrow({ path: at('ours.arrow') })),
  });
  console.log(`most memory of the process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
} finally {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}

/** The library alone, as often and for as many rows as Cairn asks it. */
function sliced() {
  const bytes = readFileSync(flights);
  for (let offset = 0; offset < 3_000_000; offset += 65_536)
    parquet.readParquet(bytes, { batchSize: 65_536, offset, limit: 65_536 }).intoIPCStream();
}

/** The library alone, of row groups of the same size; what it makes are several files. */
async function writeBare(compression) {
  const made = [];
  const streams = (async function* () {
    for await (const { bytes } of engine.exportParts(table)) yield bytes;
  })();
  for await (const { stream } of rowGroupsOf(streams, groupRows)) {
    const properties = new parquet.WriterPropertiesBuilder()
      .setCompression(parquet.Compression[compression.toUpperCase()])
      .build();
    made.push(parquet.writeParquet(parquet.Table.fromIPCStream(stream), properties));
  }
  writeFileSync(at('bare.parquet'), Buffer.concat(made));
}

/** Streams of whole batches, of so many rows each. */
async function* rowGroupsOf(streams, rows) {
  const { rowGroupsOf: grouped } = await import('../packages/plugins/dist/parquet/row-groups.js');
  yield* grouped(streams, rows);
}

function* bareStream() {
  // A file is a stream behind its first eight bytes, up to its footer.
  const bytes = readFileSync(at('ours.arrow'));
  const footer = bytes.readInt32LE(bytes.length - 10);
  yield new Uint8Array(bytes.subarray(8, bytes.length - 10 - footer));
}

function contextOf({ location, options }) {
  const { signal } = new AbortController();
  const context = { pipeline: 'bench', step: 'bench', runId: 'bench', location, options, signal, files };
  return { ...context, logger: silentLogger, fileHash: (path) => files.hash(path), progress() {} };
}

function read(connector) {
  return connector.read(contextOf(connector));
}

async function write(connector, input) {
  await connector.commit(await connector.prepare(input, contextOf(connector)), contextOf(connector));
}

function viewOf({ rows, columns }) {
  const slices = { namespace: 'bench', name: 'slices' };
  const streams = async function* (select) {
    if (select !== undefined)
      await engine.createTable(slices, { parts: sql`select ${select} from bench.data`.chunks });
    for await (const { bytes } of engine.exportParts(select === undefined ? table : slices)) yield bytes;
  };
  return {
    name: 'data',
    rows,
    columns,
    streams,
    async *batches(select) {
      for await (const bytes of streams(select)) yield tableFromIPC(bytes);
    },
  };
}

async function drain(connector) {
  const { data, close } = await read(connector);
  for await (const stream of data.streams) void stream;
  await close?.();
}

async function load(streams) {
  await engine.importParts(table, undefined, streams);
}

async function loadOf(connector) {
  const { data, close } = await read(connector);
  await load(data.streams);
  await close?.();
}

function mb(name) {
  return `${name} ${(statSync(at(name)).size / 1e6).toFixed(1)} MB`;
}

async function nativeDuckDb() {
  try {
    const require = createRequire(new URL('peers/package.json', import.meta.url));
    const { DuckDBInstance } = require('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create()).connect();
    return async (text) => void (await connection.run(text));
  } catch {
    console.log('native DuckDB is not here\n');
    return undefined;
  }
}
