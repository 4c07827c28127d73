import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { pipelineJsonSchema } from '../../scripts/pipeline-schema.mjs';
import { projectFiles } from '../../packages/node-adapter/dist/cli/project-files.js';

const published = createRequire(import.meta.url)('@cairn/core/pipeline.schema.json') as object;
const validate = new Ajv({
  strict: true,
  allErrors: true,
  strictTypes: false,
  strictRequired: false,
}).compile(published);
const holds = (value: unknown): boolean => validate(value);

test('the published schema is the one that the definition makes', () => {
  expect(published, 'run: node scripts/pipeline-schema.mjs').toEqual(pipelineJsonSchema());
});

test('editors are told about every key', () => {
  const bare: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (path.endsWith('.properties') && !('description' in (inner as object))) bare.push(`${path}.${key}`);
      walk(inner, `${path}.${key}`);
    }
  };
  walk(published, '');
  expect(bare.filter((path) => !path.endsWith('.$secret'))).toEqual([]);
});

describe('every example is valid', () => {
  const repository = fileURLToPath(new URL('../..', import.meta.url));
  const files = readdirSync(join(repository, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter(
      (file) =>
        file.endsWith('.yaml') && !file.includes('node_modules') && !file.endsWith('cairn.config.yaml'),
    )
    .map((file): [string, string] => [file, readFileSync(join(repository, 'examples', file), 'utf8')]);
  const inDocs = [
    ...readFileSync(join(repository, 'docs/yaml.md'), 'utf8').matchAll(/```yaml\n([^]*?)```/g),
  ].map(([, text = ''], index): [string, string] => [`docs/yaml.md, ${index + 1}`, text]);
  const ofInit = projectFiles(() => undefined)['pipeline.yaml'] ?? '';

  test('there are some', () => {
    expect(files.length).toBeGreaterThanOrEqual(2);
    expect(inDocs.length).toBeGreaterThanOrEqual(4);
  });
  test.each([...files, ...inDocs, ['cairn init', ofInit]])('%s', (_file, text) => {
    validate(parse(text));
    expect(validate.errors).toBeNull();
  });
});

test('it takes and refuses what the loader does', () => {
  const pipeline = (...entries: object[]): object => ({ name: 'p', processes: { a: entries } });
  const step = { step: 'a', sql: 'select 1' };
  for (const value of [
    pipeline(step),
    [step, { include: 'x.yaml' }],
    { name: 'p', processes: { a: { steps: [step], after: ['b'], description: 'x' } } },
    pipeline({ source: 'a', from: 'own' }, { sink: 's', input: 'a', to: { type: 'csv', path: '$x' } }),
    pipeline({ step: 'a', transform: 'double', inputs: { x: 'b', y: '$n', z: { $secret: 'S' } } }),
    pipeline({
      ...step,
      retry: { maxAttempts: 2, retryOn: ['sql_failed'] },
      checkpoint: false,
      circuitBreaker: 'c',
    }),
  ])
    expect(holds(value), JSON.stringify(validate.errors)).toBe(true);
  for (const value of [
    {},
    { name: 'p' },
    { name: '-p', processes: { a: [step] } },
    pipeline({ ...step, descripton: 'x' }),
    pipeline({ step: 'a' }),
    pipeline({ ...step, sqlFile: 'x.sql' }),
    pipeline({ source: 'a' }),
    pipeline({ effect: 'a' }),
    pipeline({ ...step, retry: { maxAttempts: 0 } }),
    pipeline({ ...step, checkpoint: true }),
    { name: 'p', params: { n: { type: 'float' } }, processes: { a: [step] } },
    { name: 'p', params: { 'a-b': { type: 'string' } }, processes: { a: [step] } },
    { ...pipeline(step), version: 1 },
  ])
    expect(holds(value), JSON.stringify(value)).toBe(false);
});
