import { duckDbAssets } from '@cairn/web/assets';
import { createWebEngine, indexedDbStore } from '@cairn/web';
import airports from '../../node_modules/vega-datasets/data/airports.csv?url';
import birdstrikes from '../../node_modules/vega-datasets/data/birdstrikes.csv?url';
import earthquakes from '../../node_modules/vega-datasets/data/earthquakes.json?url';
import flights from '../../node_modules/vega-datasets/data/flights-3m.parquet?url';
import movies from '../../node_modules/vega-datasets/data/movies.json?url';
import weather from '../../node_modules/vega-datasets/data/seattle-weather.csv?url';
import stocks from '../../node_modules/vega-datasets/data/stocks.csv?url';
import zipcodes from '../../node_modules/vega-datasets/data/zipcodes.csv?url';
import { afterAll, describe, test } from 'vitest';
import golden from './golden.json' with { type: 'json' };
import { paritySuite } from './parity.js';

async function read(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const data = {
  flights: await read(flights),
  airports: await read(airports),
  weather: await read(weather),
  zipcodes: await read(zipcodes),
  birdstrikes: await read(birdstrikes),
  stocks: await read(stocks),
  movies: await read(movies),
  earthquakes: await read(earthquakes),
};

describe('the same bytes in the browser', () => {
  const databases: string[] = [];
  paritySuite({
    test,
    afterAll,
    createEngine: () => createWebEngine({ assets: duckDbAssets }),
    createStore: (name) => {
      const database = `parity-${name}-${crypto.randomUUID()}`;
      databases.push(database);
      return indexedDbStore({ database });
    },
    data,
    golden,
  });
  afterAll(() => {
    for (const database of databases) indexedDB.deleteDatabase(database);
  });
});
