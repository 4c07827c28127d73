// CSV and JSON, read and written: Cairn beside what it is made of alone, and beside DuckDB itself. Contenders take turns.
// node bench/csv-json.mjs [rounds]. Native DuckDB takes part where its package is found: npm ci --prefix bench/peers.
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { silentLogger, sql } from '@cairn/core';
import { createNodeEngine, nodeFiles } from '@cairn/node';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { fromJson, toJson } from '@cairn/plugins/json';
import { fromParquet } from '@cairn/plugins/parquet';
import { tableFromIPC } from 'apache-arrow';
import { compareInTurns } from './in-turns.mjs';

const rounds = Number(process.argv[2] ?? 5);
const compare = (title, floor, contenders) => compareInTurns(title, rounds, floor, contenders);
const flights = fileURLToPath(
  new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'));
const files = nodeFiles();
const engine = createNodeEngine();
const [table, read] = [
  { namespace: 'bench', name: 'data' },
  { namespace: 'bench', name: 'read' },
];
const native = await nativeDuckDb();
const at = (name) => join(folder, name);

try {
  console.log(`flights-3m.parquet, 3,000,000 rows, ${rounds} rounds after one that is told apart (cold)\n`);
  const parquet = fromParquet({ path: flights });
  const given = await parquet.read(contextOf(parquet));
  const view = viewOf(await engine.importParts(table, undefined, given.data.streams));
  await given.close?.();
  if (native) await native(`create table data as from '${flights}'`);

  await compare('a table to CSV', 'the same lines by the engine, written as they come', {
    'the same lines by the engine, written as they come': () => lines(view, at('bare.csv')),
    toCsv: () => write(toCsv({ path: at('flights.csv') }), view),
    ...(native && { 'native DuckDB': () => native(`copy data to '${at('native.csv')}'`) }),
  });
  console.log(`  ${mb('flights.csv')}\n`);
  await compare('CSV to a table', "the engine's read_csv, types sniffed in the whole file", {
    "the engine's read_csv, types sniffed in the whole file": () => readCsv('sample_size = -1'),
    "the engine's read_csv, types stated": () => readCsv(`columns = {${columnsOf(view)}}`),
    fromCsv: () => load(fromCsv({ path: at('flights.csv') })),
    ...(native && {
      'native DuckDB, types sniffed in the whole file': () =>
        native(`create or replace table read as from read_csv('${at('flights.csv')}', sample_size = -1)`),
      'native DuckDB, as it comes': () =>
        native(`create or replace table read as from read_csv('${at('flights.csv')}')`),
    }),
  });

  await compare('a table to JSON lines', 'toJson', {
    toJson: () => write(toJson({ path: at('flights.ndjson'), format: 'lines' }), view),
    ...(native && { 'native DuckDB': () => native(`copy data to '${at('native.ndjson')}' (format json)`) }),
  });
  console.log(`  ${mb('flights.ndjson')}\n`);
  await compare('JSON lines to a table', 'JSON.parse of each line, and nothing kept', {
    'JSON.parse of each line, and nothing kept': () => parseLines(at('flights.ndjson')),
    fromJson: () => load(fromJson({ path: at('flights.ndjson') })),
    ...(native && {
      'native DuckDB, types sniffed in the whole file': () =>
        native(`create or replace table read as from read_json('${at('flights.ndjson')}', sample_size = -1)`),
      'native DuckDB, as it comes': () =>
        native(`create or replace table read as from read_json('${at('flights.ndjson')}')`),
    }),
  });
  console.log(`most memory of the process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
} finally {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}

function contextOf({ location, options }) {
  const { signal } = new AbortController();
  const context = { pipeline: 'bench', step: 'bench', runId: 'bench', location, options, signal, files };
  return { ...context, logger: silentLogger, fileHash: (path) => files.hash(path), progress() {} };
}

async function load(connector) {
  const { data, close } = await connector.read(contextOf(connector));
  const pieces = async function* () {
    for await (const { query, files: given } of data.queries) {
      yield { query: { parts: query.chunks }, files: given };
    }
  };
  await engine.createTableOf(read, pieces());
  await close?.();
}

async function readCsv(settings) {
  const query = sql`select * from read_csv(${sql.file('csv')}, header = true, ${sql.raw(settings)})`;
  const bytes = new Uint8Array(readFileSync(at('flights.csv')));
  await engine.createTable(read, { parts: query.chunks }, { files: { csv: { bytes } } });
}

function columnsOf({ columns }) {
  return columns.map(({ name, type }) => `'${name}': '${type}'`).join(', ');
}

async function write(connector, input) {
  await connector.commit(await connector.prepare(input, contextOf(connector)), contextOf(connector));
}

/** The text that `toCsv` has the engine make. */
async function csvLines({ columns }) {
  const text = await import('../packages/plugins/dist/csv/csv-text.js');
  const format = { delimiter: ',', quote: '"', escape: '"', quoting: 'needed', nullText: '', lineEnd: 'lf' };
  return text.csvLines(columns, format);
}

/** What `toCsv` has the engine do, and the bytes of it into a file. */
async function lines(view, path) {
  const out = createWriteStream(path);
  for await (const { batches } of view.batches(await csvLines(view))) {
    for (const { data } of batches) {
      const [text] = data.children;
      out.write(text.values.subarray(text.valueOffsets[0], text.valueOffsets[text.length]));
    }
  }
  out.end();
  await finished(out);
}

async function parseLines(path) {
  for await (const line of createInterface({ input: createReadStream(path) })) JSON.parse(line);
}

function viewOf({ rows, columns }) {
  const slices = { namespace: 'bench', name: 'slices' };
  return {
    name: 'data',
    rows,
    columns,
    async *batches(select) {
      await engine.createTable(slices, { parts: sql`select ${select} from bench.data`.chunks });
      for await (const { bytes } of engine.exportParts(slices)) yield tableFromIPC(bytes);
    },
  };
}

function mb(name) {
  return `${name} ${(statSync(at(name)).size / 1e6).toFixed(1)} MB`;
}

async function nativeDuckDb() {
  try {
    const require = createRequire(new URL('peers/package.json', import.meta.url));
    // It is no dependency of the workspace.
    const { DuckDBInstance } = require(['@duckdb', 'node-api'].join('/'));
    const connection = await (await DuckDBInstance.create()).connect();
    return async (text) => void (await connection.run(text));
  } catch {
    console.log('native DuckDB is not here\n');
    return undefined;
  }
}
