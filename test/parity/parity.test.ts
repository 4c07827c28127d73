import { readFileSync, writeFileSync } from 'node:fs';
import { memoryStore } from '@cairn/core';
import { createNodeEngine } from '@cairn/node';
import { afterAll, describe, test } from 'vitest';
import { paritySuite, type Golden } from './parity.ts';

const goldenFile = new URL('golden.json', import.meta.url);
const folder = new URL('../../node_modules/vega-datasets/data/', import.meta.url);
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

const rewriting = process.env['CAIRN_WRITE_GOLDEN'] === '1';
const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as Golden;
const written: Record<string, Readonly<Record<string, string>>> = {};

describe('the same bytes in Node', () => {
  paritySuite({
    test,
    afterAll,
    createEngine: () => createNodeEngine(),
    createStore: () => memoryStore(),
    data: {
      flights: read('flights-3m.parquet'),
      airports: read('airports.csv'),
      weather: read('seattle-weather.csv'),
      zipcodes: read('zipcodes.csv'),
      birdstrikes: read('birdstrikes.csv'),
      stocks: read('stocks.csv'),
      movies: read('movies.json'),
      earthquakes: read('earthquakes.json'),
    },
    golden,
    rewrite: rewriting ? (name, hashes) => void (written[name] = hashes) : undefined,
  });
  afterAll(() => {
    if (rewriting) writeFileSync(goldenFile, `${JSON.stringify({ ...golden, ...written }, null, 2)}\n`);
  });
});
