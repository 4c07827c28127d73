import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeRunner, loadYamlPipeline } from '@cairn/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cairn, stepsWith } from './commands.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-yaml-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const run = (...args: string[]) => cairn(args, undefined, {}, folder);

test('init makes a project that runs, once, and says what it made', async () => {
  const made = await run('init', 'shop');
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toContain('cd shop');
  folder = join(folder, 'shop');
  expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual([
    '.gitignore',
    'cairn.config.yaml',
    'data',
    'data/customers.csv',
    'data/orders.csv',
    'pipeline.yaml',
    'sql',
    'sql/by-country.sql',
  ]);
  const first = await run('run');
  expect(stepsWith(first.stdout, 'done')).toHaveLength(5);
  expect(readFileSync(join(folder, 'out/by-country.csv'), 'utf8')).toBe(
    'country,orders,amount\nSE,1,310.0\nDE,2,270.0\nUK,2,219.0\nUS,2,99.5\n',
  );
  expect(stepsWith((await run('run')).stdout, 'reused')).toHaveLength(5);

  // All commands take it as they take TypeScript.
  expect((await run('validate')).stdout).toContain('shop is valid: 2 processes, 5 steps');
  expect((await run('plan', 'pipeline.yaml', '--param', 'least=50')).stdout).toMatch(
    /large_orders +sql +run/,
  );
  expect((await run('why', 'by_country')).stdout).toContain('reused');
  expect((await run('show', 'by_country', '--format', 'csv')).stdout).toContain('SE,1,310');
  expect(await run('run', '--param', 'least=lots')).toMatchObject({ code: 1 });

  const again = await run('init');
  expect(again).toMatchObject({ code: 1, stdout: '' });
  expect(again.stderr).toContain('pipeline.yaml');
});

test('all that is wrong is told at once, where it is', async () => {
  writeFileSync(
    join(folder, 'p.yaml'),
    'name: p\nprocesses:\n  all:\n    - step: a\n      sql: from before\n    - sink: save\n      input: nowhere\n      to: { type: csw, path: x }\n',
  );
  const { code, stderr } = await run('validate', 'p.yaml');
  expect(code).toBe(1);
  expect(stderr).toContain('p.yaml has 3 mistakes');
  expect(stderr).toContain(
    "p.yaml:5:17: processes.all[0].sql: step 'a' reads 'before', which is no step with a table\n  5 |       sql: from before\n    |                 ^",
  );
  expect(stderr).toContain("p.yaml:7:14: processes.all[1].input: there is no step 'nowhere'");
  expect(stderr).toMatch(/p.yaml:8:19: .*no such sink \(known: .*csv.*\); did you mean 'csv'\?/);
});

test('a pipeline names no files outside of its folder, by links neither', async () => {
  mkdirSync(join(folder, 'inner'));
  writeFileSync(join(folder, 'secret.sql'), 'select 1 as n');
  symlinkSync(join(folder, 'secret.sql'), join(folder, 'inner/link.sql'));
  for (const path of ['../secret.sql', join(folder, 'secret.sql'), 'link.sql', 'missing.sql', '.']) {
    writeFileSync(
      join(folder, 'inner/p.yaml'),
      `name: p\nprocesses: { all: [{ step: a, sqlFile: ${path} }] }\n`,
    );
    const { code, stderr } = await run('validate', 'inner/p.yaml');
    expect(code).toBe(1);
    expect(stderr).toMatch(path === 'missing.sql' ? /missing\.sql/ : /outside of the pipeline's folder/);
    expect(stderr).not.toContain('select 1');
  }
});

test('a pipeline that was read runs as any other', async () => {
  mkdirSync(join(folder, 'steps'));
  writeFileSync(
    join(folder, 'p.yaml'),
    'name: p\nparams: { n: { type: integer, default: 3 } }\nprocesses:\n  all:\n    - include: steps/numbers.yaml\n    - { step: total, sql: select sum(i)::integer as total from numbers }\n',
  );
  writeFileSync(join(folder, 'steps/numbers.yaml'), '- { step: numbers, sqlFile: numbers.sql }\n');
  writeFileSync(join(folder, 'steps/numbers.sql'), 'select i from range($n) r(i)\n');
  const files: string[] = [];
  const pipeline = await loadYamlPipeline(join(folder, 'p.yaml'), { onFile: (path) => files.push(path) });
  expect(files).toEqual(
    ['p.yaml', 'steps/numbers.yaml', 'steps/numbers.sql'].map((name) => join(folder, name)),
  );
  await using runner = createNodeRunner({ root: join(folder, '.cairn') });
  const result = await runner.run(pipeline, { n: 5 });
  expect((await result.table('total')).toArray().map((row) => row.toJSON())).toEqual([{ total: 10 }]);
});
