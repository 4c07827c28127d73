// What the connectors cost over what they are made of: each figure beside a floor measured in the same run.
// node bench/connectors.mjs [rounds]
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger, sql } from '@cairn/core';
import { createNodeEngine, nodeFiles } from '@cairn/node';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { fromParquet } from '@cairn/plugins/parquet';
import { tableFromIPC } from 'apache-arrow';
import * as parquet from 'parquet-wasm';

const rounds = Number(process.argv[2] ?? 3);
const flights = fileURLToPath(
  new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-'));
const files = nodeFiles();
const engine = createNodeEngine();
const bare = await bareDuckDb();
let loaded;
const data = { namespace: 'bench', name: 'data' };

try {
  console.log(`flights-3m.parquet, ${rounds} rounds; the first one is cold\n`);
  await compare('Parquet to Arrow IPC', [
    [
      'floor: parquet-wasm, the whole file in one call',
      () => parquet.readParquet(readFileSync(flights)).intoIPCStream(),
    ],
    ['fromParquet, in slices', async () => drain((await read(fromParquet({ path: flights }))).data.streams)],
  ]);
  await compare('Parquet to a table', [
    ['floor: parquet-wasm and insertArrowFromIPCStream', () => insertBare()],
    [
      'fromParquet and importParts',
      async () => {
        loaded = await load(fromParquet({ path: flights }));
      },
    ],
  ]);
  const [theirs, ours] = [join(folder, 'theirs.csv'), join(folder, 'ours.csv')];
  await compare('a table to CSV', [
    ['floor: copy to', () => bare.query(`copy data to '${theirs}' (header, use_tmp_file false)`)],
    ['toCsv, hashed, synced and renamed', () => write(toCsv({ path: ours }))],
  ]);
  console.log(`${mb(statSync(theirs).size)} and ${mb(statSync(ours).size)}\n`);
  await compare('CSV to a table', [
    [
      'floor: read_csv, types sniffed in the whole file',
      () => bare.query(`create or replace table csv as from read_csv('${theirs}', sample_size = -1)`),
    ],
    ['fromCsv', () => load(fromCsv({ path: ours }))],
  ]);
} finally {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
}

async function compare(title, contenders) {
  const times = contenders.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, [, run]] of contenders.entries()) {
      const start = performance.now();
      await run();
      times[index].push(performance.now() - start);
    }
  }
  const best = (list) => Math.min(...list);
  console.log(title);
  for (const [index, [name]] of contenders.entries()) {
    const ratio = best(times[index]) / best(times[0]);
    const cold = `first ${Math.round(times[index][0])} ms`;
    console.log(`  ${name}: ${Math.round(best(times[index]))} ms (${cold}), ${ratio.toFixed(2)} x`);
  }
  console.log();
}

function contextOf({ location, options }) {
  const { signal } = new AbortController();
  const context = { pipeline: 'bench', step: 'bench', runId: 'bench', location, options, signal, files };
  return { ...context, logger: silentLogger, fileHash: (path) => files.hash(path), progress() {} };
}

function read(connector) {
  return connector.read(contextOf(connector));
}

async function load(connector) {
  const { data: given } = await read(connector);
  return 'streams' in given
    ? engine.importParts(data, undefined, given.streams)
    : engine.createTable(data, bound(given.query), { files: given.files });
}

async function write(connector) {
  const { rows, columns } = loaded;
  const lines = { namespace: 'bench', name: 'lines' };
  const view = {
    name: 'data',
    rows,
    columns,
    async *batches(select) {
      await engine.createTable(lines, bound(sql`select ${select} from bench.data`));
      for await (const part of engine.exportParts(lines)) yield tableFromIPC(part.bytes);
    },
  };
  await connector.commit(await connector.prepare(view, contextOf(connector)), contextOf(connector));
}

function bound(query) {
  return { parts: query.chunks };
}

async function drain(streams) {
  for await (const stream of streams) void stream;
}

function insertBare() {
  bare.query('drop table if exists data');
  const connection = bare.db.connect();
  connection.insertArrowFromIPCStream(parquet.readParquet(readFileSync(flights)).intoIPCStream(), {
    name: 'data',
    create: true,
  });
  connection.close();
}

async function bareDuckDb() {
  const require = createRequire(import.meta.url);
  const {
    createDuckDB,
    NODE_RUNTIME,
    VoidLogger,
  } = require('@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs');
  const dist = dirname(require.resolve('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm'));
  const bundle = (kind) => ({ mainModule: join(dist, `duckdb-${kind}.wasm`), mainWorker: '' });
  const db = await createDuckDB({ mvp: bundle('mvp'), eh: bundle('eh') }, new VoidLogger(), NODE_RUNTIME);
  await db.instantiate(() => undefined);
  db.open({});
  const connection = db.connect();
  connection.query('set autoinstall_known_extensions = false');
  connection.query('set autoload_known_extensions = false');
  return { db, query: (text) => connection.query(text) };
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
