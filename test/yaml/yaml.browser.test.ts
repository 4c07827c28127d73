import { compile } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pipelineFromYaml, pipelineToYaml } from '@cairn/core/yaml';
import { standardPlugins } from '@cairn/plugins';
import { expect, test } from 'vitest';

const text = `
name: p
params: { least: { type: integer, default: 2 } }
processes:
  main:
    - source: numbers
      from: { type: csv, url: numbers.csv }
    - step: large
      sqlFile: large.sql
`;

test('a page reads and writes pipelines in YAML, and loads their files as it likes', async () => {
  const registry = contributions(standardPlugins());
  const load = (file: string) => Promise.resolve({ file, text: 'from numbers where n >= $least' });
  const pipeline = await pipelineFromYaml(text, { registry, load });
  const plan = await compile(pipeline, { least: 3 });
  expect(plan.steps.map(({ name, inputs, params }) => [name, inputs, params])).toEqual([
    ['numbers', [], {}],
    ['large', ['numbers'], { least: 3 }],
  ]);
  const { yaml, unwritten } = pipelineToYaml(pipeline, { registry });
  expect(unwritten).toEqual([]);
  expect(yaml).toContain('sql: from numbers where n >= $least');
});
