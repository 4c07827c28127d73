// What contenders need of Node: a bare DuckDB-WASM on this thread, Cairn's engine and store, and bare storage.
import { open, readFile, rm } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createNodeEngine, fsStore, nodeFiles } from '@cairn/node';
import { fromCsv } from '@cairn/plugins/csv';
import { fromParquet } from '@cairn/plugins/parquet';

const data = fileURLToPath(new URL('../../node_modules/vega-datasets/data/', import.meta.url));
const require = createRequire(new URL('../../packages/node-adapter/package.json', import.meta.url));

/** DuckDB-WASM as Cairn's engine thread loads it, without the thread. */
export async function bareDuckDb() {
  const { createDuckDB, NODE_RUNTIME, VoidLogger } = require('@duckdb/duckdb-wasm/blocking');
  const wasm = require.resolve('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm');
  const bundle = { mainModule: wasm, mainWorker: '' };
  const db = await createDuckDB({ mvp: bundle, eh: bundle }, new VoidLogger(), NODE_RUNTIME);
  await db.instantiate();
  db.open({ path: ':memory:', maximumThreads: 1 });
  const connection = db.connect().useUnsafe((_, number) => number);
  const run = (text) => db.runQuery(connection, text);
  for (const name of ['autoinstall', 'autoload']) run(`set ${name}_known_extensions = false`);
  return {
    run,
    insert: (name, bytes) => db.insertArrowFromIPCStream(connection, bytes, { name, create: true }),
    register: (name, bytes) => db.registerFileBuffer(name, bytes),
  };
}

export const nodeHost = {
  duckDb: bareDuckDb,
  engine: () => createNodeEngine(),
  store: (place) => fsStore({ root: place }),
  files: nodeFiles(),
  source: ({ format, file }) => {
    const from = format === 'parquet' ? fromParquet : fromCsv;
    return from({ path: join(data, file) });
  },
  filePath: (file) => join(data, file),
  fileBytes: (file) => readFile(join(data, file)),
  parquetToIpc: async (bytes) => (await import('parquet-wasm/node')).readParquet(bytes).intoIPCStream(),

  async keep(place, name, bytes) {
    mkdirSync(place, { recursive: true });
    const handle = await open(join(place, name), 'w');
    await handle.writeFile(bytes);
    await handle.sync();
    await handle.close();
  },
  kept: (place, name) => readFile(join(place, name)),
  async appender(place) {
    const handle = await open(place, 'a');
    const append = async (bytes) => {
      await handle.write(bytes);
      await handle.datasync();
    };
    return Object.assign(append, { close: () => handle.close() });
  },
  remove: (place) => rm(place, { recursive: true, force: true }),
  die: () => process.kill(process.pid, 'SIGKILL'),
};
