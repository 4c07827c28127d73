import { readFileSync, statSync } from 'node:fs';
import { compile, memoryStore, type RunResult } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pipelineFromYaml } from '@cairn/core/yaml';
import { createNodeRunner, nodeFiles } from '@cairn/node';
import { standardPlugins } from '@cairn/plugins';
import { afterAll, expect, test } from 'vitest';
import type { Example } from '../../playground/src/examples/example.js';
import { exampleTransforms } from '../../playground/src/examples/transforms.js';
import { earthquakes } from '../../playground/src/examples/earthquakes/credits.js';
import { flights } from '../../playground/src/examples/flights/credits.js';
import { movies } from '../../playground/src/examples/movies/credits.js';
import { weather } from '../../playground/src/examples/weather/credits.js';
import { zipcodes } from '../../playground/src/examples/zipcodes/credits.js';

const repository = new URL('../../', import.meta.url).pathname;
const data = `${repository}node_modules/vega-datasets`;
const registry = contributions([...standardPlugins(), exampleTransforms]);
// The paths of an example are those of the data's own package, so the same text runs here.
const runner = createNodeRunner({ store: memoryStore(), files: nodeFiles({ cwd: data }) });
afterAll(() => runner.close());

const textOf = ({ id }: Example): string =>
  readFileSync(`${repository}playground/src/examples/${id}/pipeline.yaml`, 'utf8');

test.each([flights, weather, movies, zipcodes, earthquakes])(
  '$id runs, and is what the gallery says of it',
  async (example) => {
    const text = textOf(example);
    const pipeline = await pipelineFromYaml(text, { registry });
    const result: RunResult = await runner.run(pipeline);
    const steps = [...result.steps.values()];
    expect(steps.map(({ outcome }) => outcome)).toEqual(steps.map(() => 'complete'));
    const { steps: planned } = await compile(pipeline);
    expect(Object.fromEntries(planned.map(({ name, inputs }) => [name, inputs]))).toEqual(example.flow);
    expect(steps.filter(({ rows }) => rows === 0)).toEqual([]);
    const sources = steps.filter(({ kind }) => kind === 'source');
    expect(sources.reduce((sum, { rows = 0 }) => sum + rows, 0)).toBe(example.rows);
    const paths = [...text.matchAll(/path: (data\/[^ ,}]+)/g)].map(([, path]) => path);
    expect(paths.reduce((sum, path) => sum + statSync(`${data}/${path}`).size, 0)).toBe(example.bytes);
  },
);
