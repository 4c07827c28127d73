import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// The import order of the house: an area imports itself and the areas before it.
const order = [
  'errors',
  'events',
  'pipeline',
  'store',
  'engine',
  'checkpoint',
  'records',
  'plugin',
  'task',
  'run',
  'config',
  'testing',
];
const packages = new URL('../../packages/', import.meta.url).pathname;

interface Import {
  readonly file: string;
  readonly from: string;
}

function importsOf(folder: string): Import[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const found = text.matchAll(
        /^(?:import|export)\b(?:[^;'"]*? from)? '([^']+)';$|\bimport\('([^']+)'\)/gm,
      );
      return [...found].map((match) => ({ file, from: match[1] ?? match[2] ?? '' }));
    });
}

test('core imports point one way through the house', () => {
  const wrong = importsOf(join(packages, 'core/src')).filter(({ file, from }) => {
    const area = file.split('/')[0] ?? '';
    const target = /^\.\.\/([^/]+)\//.exec(from)?.[1];
    if (target === undefined || !order.includes(area)) return false;
    return !order.includes(target) || order.indexOf(target) > order.indexOf(area);
  });
  expect(wrong).toEqual([]);
});

test('core and the plugins import nothing of Node and no engine', () => {
  const allowed = ['apache-arrow', '@standard-schema/spec', '@noble/hashes/sha2.js', 'valibot', 'yaml'];
  const outside = importsOf(join(packages, 'core/src')).filter(
    ({ from }) => !from.startsWith('.') && !allowed.includes(from),
  );
  expect(outside).toEqual([]);
  const node = importsOf(join(packages, 'plugins/src')).filter(({ from }) => from.startsWith('node:'));
  expect(node).toEqual([]);
});

test('adapters and plugins use core by its public entries, and never each other', () => {
  const wrong = ['node-adapter', 'web-adapter', 'plugins'].flatMap((name) =>
    importsOf(join(packages, name, 'src')).filter(({ from }) => {
      if (!from.startsWith('@cairn/')) return from.includes('../core/') || from.includes('packages/');
      return !/^@cairn\/core(?:\/(?:checkpoints|config|duckdb(?:-thread)?|plugin|store|yaml))?$/.test(from);
    }),
  );
  expect(wrong).toEqual([]);
});

test('only the entry for React knows React', () => {
  const wrong = importsOf(join(packages, 'web-adapter/src')).filter(
    ({ file, from }) => /^react\b|\/react\//.test(from) && !file.startsWith('react/'),
  );
  expect(wrong).toEqual([]);
});

test('no source file is longer than 400 lines', () => {
  const long = readdirSync(packages, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[^/]+\/src\/.*\.ts$/.test(file))
    .map((file) => ({ file, lines: readFileSync(join(packages, file), 'utf8').split('\n').length }))
    .filter(({ lines }) => lines > 400);
  expect(long).toEqual([]);
});
