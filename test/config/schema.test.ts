import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { defineConfig } from '@cairn/core/config';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../scripts/config-schema.mjs';

const published = createRequire(import.meta.url)('@cairn/core/config.schema.json') as object;
const validate = new Ajv({
  strict: true,
  allErrors: true,
  strictTypes: false,
  strictRequired: false,
}).compile(published);
const holds = (config: unknown): boolean => validate(config);

test('the published schema is the one that the definition makes', () => {
  expect(published, 'run: node scripts/config-schema.mjs').toEqual(configJsonSchema());
});

test('editors are told about every key', () => {
  const bare: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (path.endsWith('.properties') && key !== 'type' && !('description' in inner))
        bare.push(`${path}.${key}`);
      walk(inner, `${path}.${key}`);
    }
  };
  walk(published, '');
  expect(bare).toEqual([]);
});

test('it takes what the loader takes: built-in types strictly, others with whatever they need', () => {
  const memory = { type: 'memory' };
  for (const config of [
    { storage: memory },
    {
      storage: { type: 'fs', root: '${HOME}/x' },
      concurrency: '${N}',
      run: { failFast: '${F}', correlationId: null },
    },
    { storage: { type: 's3', bucket: 'b' }, engine: { type: 'spark', master: 'x' } },
    {
      storage: memory,
      engine: { settings: { memory_limit: '1GB', x: true } },
      secrets: { A: 'Bearer ${A}' },
    },
    {
      storage: memory,
      observability: { logging: { level: 'debug' }, observers: [{ type: 'otlp', url: 'x' }] },
    },
  ])
    expect(holds(config), `${JSON.stringify(config)}: ${JSON.stringify(validate.errors)}`).toBe(true);
  for (const config of [
    {},
    { storage: { type: 'fs' } },
    { storage: { type: 'fs', root: 'x', rot: 'x' } },
    { storage: { ...memory, root: 'x' } },
    { storage: memory, storge: 1 },
    { storage: memory, concurrency: 0 },
    { storage: memory, concurrency: 'many' },
    { storage: memory, engine: { memory: '1GB' } },
    { storage: memory, secrets: { A: 'written down' } },
    { storage: memory, observability: { logging: { level: 'loud' } } },
  ])
    expect(holds(config), JSON.stringify(config)).toBe(false);
});

test('the example of the guide holds', () => {
  const guide = readFileSync(new URL('../../docs/config.md', import.meta.url), 'utf8');
  const [, example = ''] = /```yaml\n(# yaml-language-server[^`]*)```/.exec(guide) ?? [];
  expect(holds(parse(example)), JSON.stringify(validate.errors)).toBe(true);
});

test('types know the keys of built-in types, and may be added to', () => {
  defineConfig({
    storage: { type: 'fs', root: 'x' },
    engine: { settings: { a: 1 } },
    observability: { logging: true },
  });
  // @ts-expect-error an unknown key
  defineConfig({ storage: { type: 'fs', root: 'x', rot: 'x' } });
  // @ts-expect-error an unknown type
  defineConfig({ storage: { type: 's3', bucket: 'x' } });
  // @ts-expect-error a missing key
  defineConfig({ storage: { type: 'fs' } });
  expect(defineConfig({ storage: { type: 'memory' } })).toEqual({ storage: { type: 'memory' } });
});
