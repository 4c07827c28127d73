import { compile, definePipeline, effect, sql, step } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pipelineFromYaml, pipelineToYaml } from '@cairn/core/yaml';
import { expect, test } from 'vitest';
import { errorOf } from '../run/fixtures.js';

const first = step('first', sql`select 1 as n`);
const kept = step('kept', sql`select n from ${first}`, { checkpoint: 'cache' });
const aged = step('aged', sql`select n from ${kept}`, { maxAge: 1000 });
const told = effect('told', { aged }, () => Promise.resolve(1));
const steps = [first, kept, aged, told];

const scopes = async (checkpoint?: 'auto' | 'run' | false): Promise<unknown[]> => {
  const pipeline = definePipeline({ name: 'scopes', checkpoint, processes: { main: steps } });
  return (await compile(pipeline)).steps.map((one) => `${one.checkpoint} ${one.auto}`);
};

test("a pipeline's checkpoint is that of its steps with tables that do not say it themselves", async () => {
  expect(await scopes()).toEqual(Array.from(steps, () => 'cache undefined'));
  expect(await scopes('run')).toEqual([
    'run undefined',
    'cache undefined',
    'run undefined',
    'cache undefined',
  ]);
  expect(await scopes(false)).toEqual([
    'false undefined',
    'cache undefined',
    'false undefined',
    'cache undefined',
  ]);
  // What has a maxAge is known by its content alone, and an effect has no table.
  expect(await scopes('auto')).toEqual(['cache choose', 'cache undefined', 'cache keep', 'cache undefined']);
  const wrong = async () =>
    definePipeline({ name: 'wrong', checkpoint: 'often' as never, processes: { main: steps } });
  expect((await errorOf(wrong(), 'invalid_argument')).message).toContain("'auto'");
});

test('in YAML too, there and back', async () => {
  const registry = contributions([]);
  const text = [
    'name: loose',
    'checkpoint: auto',
    'processes:',
    '  main:',
    '    - step: first',
    '      sql: select 1 as n',
    '    - step: second',
    '      sql: select n from first',
    '      checkpoint: cache',
    '',
  ].join('\n');
  const pipeline = await pipelineFromYaml(text, { registry });
  expect((await compile(pipeline)).steps.map(({ auto }) => auto)).toEqual(['choose', undefined]);
  const { yaml, unwritten } = pipelineToYaml(pipeline, { registry });
  expect(unwritten).toEqual([]);
  expect(yaml).toContain('checkpoint: auto');
  const again = await pipelineFromYaml(yaml, { registry });
  expect((await compile(again)).steps.map(({ auto }) => auto)).toEqual(['choose', undefined]);
  const error = await errorOf(
    pipelineFromYaml(text.replace('auto', 'maybe'), { registry }),
    'invalid_pipeline_file',
  );
  expect(error.message).toContain('must be cache, correlation, run, auto or false');
});
