// What contenders need of a page: a bare DuckDB-WASM in a worker, Cairn's engine and store, and bare storage in IndexedDB.
import { fromCsv } from '@cairn/plugins/csv';
import { fromParquet } from '@cairn/plugins/parquet';
import { createWebEngine, indexedDbStore } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { AsyncDuckDB, VoidLogger } from '@duckdb/duckdb-wasm';
import airportsUrl from '../../node_modules/vega-datasets/data/airports.csv?url';
import flightsUrl from '../../node_modules/vega-datasets/data/flights-3m.parquet?url';

const absolute = (url) => new URL(url, location.href).href;
const urls = { 'airports.csv': absolute(airportsUrl), 'flights-3m.parquet': absolute(flightsUrl) };

const done = (request) =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('complete', () => resolve());
    for (const type of ['error', 'abort'])
      request.addEventListener(type, () => reject(request.error ?? new Error(type)));
  });

const databases = new Map();
async function database(place) {
  if (!databases.has(place)) {
    const request = indexedDB.open(place, 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore('values'));
    databases.set(place, await done(request));
  }
  return databases.get(place);
}

async function put(place, key, value) {
  const transaction = (await database(place)).transaction('values', 'readwrite', { durability: 'strict' });
  transaction.objectStore('values').put(value, key);
  await done(transaction);
}

/** DuckDB-WASM in its own worker, as its documentation starts it. */
export async function bareDuckDb(config = {}) {
  const db = new AsyncDuckDB(new VoidLogger(), new Worker(absolute(duckDbAssets.worker)));
  await db.instantiate(absolute(duckDbAssets.wasm));
  let connection;
  const run = (text) => db.runQuery(connection, text);
  const open = async (more) => {
    await db.open({ path: ':memory:', ...more });
    connection = await db.connectInternal();
    for (const name of ['autoinstall', 'autoload']) await run(`set ${name}_known_extensions = false`);
  };
  await open(config);
  return {
    db,
    run,
    insert: (name, bytes) => db.insertArrowFromIPCStream(connection, bytes, { name, create: true }),
    register: (name, bytes) => db.registerFileBuffer(name, bytes),
    /** Ends the database, and opens another one in the same worker. */
    async reopen(more) {
      await db.disconnect(connection);
      await db.reset();
      await open(more);
    },
  };
}

// An app's page has some database open. Without one the browser closes what all of its databases are in whenever a place is removed, and
// opening that again takes a tenth of a second of the next pass.
indexedDB.open('held open').onsuccess = ({ target }) => databases.set('held open', target.result);

export const pageHost = {
  duckDb: bareDuckDb,
  engine: () => createWebEngine({ assets: duckDbAssets }),
  store: (place) => indexedDbStore({ database: place }),
  source: ({ format, file }) => (format === 'parquet' ? fromParquet : fromCsv)({ url: urls[file] }),
  fileBytes: async (file) => new Uint8Array(await (await fetch(urls[file])).arrayBuffer()),
  async parquetToIpc(bytes) {
    const library = await import('parquet-wasm/esm');
    await library.default();
    return library.readParquet(bytes).intoIPCStream();
  },

  keep: (place, name, bytes) => put(place, name, new Blob([bytes])),
  async kept(place, name) {
    const values = (await database(place)).transaction('values').objectStore('values');
    return new Uint8Array(await (await done(values.get(name))).arrayBuffer());
  },
  async appender(place) {
    await database(place);
    let count = 0;
    return Object.assign((bytes) => put(place, (count += 1), bytes), { close: () => undefined });
  },
  async remove(place) {
    databases.get(place)?.close();
    databases.delete(place);
    await done(indexedDB.deleteDatabase(place));
  },
  /** The driver ends this page's process. */
  async die() {
    await window.cairnDie();
    await new Promise(() => {});
  },
};
