import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../run/fixtures.js';
import { cairn, stepsWith } from './commands.js';

const imports = `
import { definePipeline, effect, fanIn, param, sink, source, sql, step } from '@cairn/core';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { fromParquet } from '@cairn/plugins/parquet';
import { z } from 'zod';
const good = step('good', sql\`select 1 as n\`);
`;

interface Case {
  readonly what: string;
  /** The bad step and the pipeline; \`DIR\` is the folder. */
  readonly bad: string;
  readonly mended?: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly args?: readonly string[];
  readonly code: string;
  /** 2 where something was made before it failed. @default 1 */
  readonly exit?: 2;
  readonly says: readonly RegExp[];
}

const parquet = readFileSync(
  new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);
const pipeline = (steps: string, params = '') =>
  `export default definePipeline({ name: 'bad', ${params} processes: { main: [${steps}] } });`;
const good = pipeline('good');

const cases: Case[] = [
  {
    what: 'a missing file',
    bad: `const bad = source('bad', fromCsv({ path: 'DIR/none.csv' })); ${pipeline('good, bad')}`,
    code: 'file_not_found',
    exit: 2,
    says: [/'bad'/, /none\.csv/],
  },
  {
    what: 'a CSV with ragged rows',
    files: { 'ragged.csv': 'a,b\n1,2\n3\n4,5\n' },
    bad: `const bad = source('bad', fromCsv({ path: 'DIR/ragged.csv' })); ${pipeline('good, bad')}`,
    code: 'invalid_data',
    exit: 2,
    says: [/'bad'/, /ragged\.csv/],
  },
  {
    what: 'a truncated Parquet file',
    files: { 'cut.parquet': parquet.subarray(0, 1_000_000) },
    bad: `const bad = source('bad', fromParquet({ path: 'DIR/cut.parquet' })); ${pipeline('good, bad')}`,
    code: 'invalid_data',
    exit: 2,
    says: [/'bad'/, /cut\.parquet/],
  },
  {
    what: 'SQL with a syntax error',
    bad: `const bad = step('bad', sql\`select n frm \${good} where\`); ${pipeline('good, bad')}`,
    code: 'sql_failed',
    exit: 2,
    says: [/'bad'/, /syntax error/i],
  },
  {
    what: 'an unknown column',
    bad: `const bad = step('bad', sql\`select nn from \${good}\`); ${pipeline('good, bad')}`,
    code: 'sql_failed',
    exit: 2,
    says: [/'bad'/, /nn/],
  },
  {
    what: 'an undeclared input',
    bad: `const bad = step('bad', sql\`select n from good\`); ${pipeline('good, bad')}`,
    code: 'undeclared_input',
    says: [/'bad'/, /good/],
  },
  {
    what: 'a param of the wrong type',
    bad: `const bad = step('bad', sql\`select \${param('count')} as n\`); ${pipeline('good, bad', 'params: z.object({ count: z.number() }),')}`,
    args: ['--param', 'count=many'],
    code: 'invalid_params',
    says: [/count/],
  },
  {
    what: 'a transform that returns nonsense',
    bad: `const bad = step('bad', { good }, () => 42, { version: '1' }); ${pipeline('good, bad')}`,
    code: 'invalid_transform_result',
    exit: 2,
    says: [/'bad'/, /number/],
  },
  {
    what: 'a cycle',
    bad: `const bad = step('bad', sql\`select 1 as n\`);
export default definePipeline({ name: 'bad', processes: { one: { steps: [good], after: ['two'] }, two: { steps: [bad], after: ['one'] } } });`,
    code: 'cyclic_pipeline',
    says: [/one/, /two/],
  },
  {
    what: 'two steps of one name',
    bad: `const bad = step('Good', sql\`select 2 as n\`); ${pipeline('good, bad')}`,
    code: 'duplicate_stage',
    says: [/good/i],
  },
];

describe.each(cases)('$what', ({ bad, files = {}, args = [], code, exit = 1, says }) => {
  test(`gives one ${code}, exit code ${exit}, and a store that the next run can use`, async () => {
    const folder = temporaryFolder('repository');
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const file = join(folder, 'pipeline.ts');
    const run = (text: string, more: readonly string[] = []) => {
      writeFileSync(file, imports + text.replaceAll('DIR', folder));
      return cairn(['run', file, '--root', join(folder, 'store'), ...more]);
    };
    const failed = await run(bad, args);
    expect(failed.code).toBe(exit);
    const errors = failed.stderr.split('\n').filter((line) => line.startsWith('error '));
    expect(errors, failed.stderr).toHaveLength(1);
    expect(errors[0]).toContain(`error ${code}: `);
    for (const words of says) expect(failed.stderr).toMatch(words);
    const mended = await run(good);
    expect(mended.stderr).toBe('');
    expect(mended.code).toBe(0);
    expect([...stepsWith(mended.stdout, 'done'), ...stepsWith(mended.stdout, 'reused')]).toEqual(['good']);
  });
});

test('a root that cannot be written gives one store_failed and leaves nothing behind', async () => {
  const folder = temporaryFolder('repository');
  const file = join(folder, 'pipeline.ts');
  writeFileSync(file, imports + good);
  const blocked = join(folder, 'blocked');
  writeFileSync(blocked, 'a file where the folder should be');
  const failed = await cairn(['run', file, '--root', join(blocked, 'store')]);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/^error store_failed: .*blocked/m);
  expect((await cairn(['run', file, '--root', join(folder, 'store')])).code).toBe(0);
});

describe('the command line', () => {
  const write = (text: string, name = 'pipeline.ts'): [string, string] => {
    const folder = temporaryFolder('repository');
    writeFileSync(join(folder, name), text);
    return [join(folder, name), join(folder, 'store')];
  };

  test('runs .ts, .mjs and .js files', async () => {
    for (const name of ['pipeline.ts', 'pipeline.mjs', 'pipeline.js']) {
      const [file, root] = write(imports + good, name);
      const run = await cairn(['run', file, '--root', root]);
      expect(run.stderr).toBe('');
      expect(stepsWith(run.stdout, 'done')).toEqual(['good']);
    }
  });

  test('takes params as JSON or as text, whichever the schema wants', async () => {
    const params =
      'params: z.object({ text: z.string(), count: z.number(), on: z.boolean().default(false) }),';
    const steps = `const out = step('out', sql\`select \${param('text')} as t, \${param('count')} as c\`);`;
    const [file, root] = write(`${imports}${steps}${pipeline('out', params)}`);
    const run = await cairn([
      'run',
      file,
      '--root',
      root,
      '--param',
      'text=30',
      '--param',
      'count=30',
      '--param',
      'on=true',
    ]);
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    const bad = await cairn(['run', file, '--root', root, '--param', 'text']);
    expect(bad.stderr).toMatch(/error invalid_argument: .*name=value/);
  });

  test('writes no colours into a pipe, in CI neither, unless it is asked to', async () => {
    const run = (env: NodeJS.ProcessEnv) => cairn(['run', 'none.ts'], undefined, env);
    expect((await run({ CI: 'true' })).stderr).toMatch(/^error file_not_found: /);
    expect((await run({ FORCE_COLOR: '1' })).stderr).toContain('\u001b[31merror file_not_found');
    expect((await run({ FORCE_COLOR: '1', NO_COLOR: '1' })).stderr).toMatch(/^error file_not_found: /);
  });

  test('says what is wrong with a pipeline file', async () => {
    expect((await cairn(['run', 'none.ts'])).stderr).toMatch(/error file_not_found: .*none\.ts/);
    const [broken, root] = write('export default {{');
    expect((await cairn(['run', broken, '--root', root])).stderr).toMatch(/error invalid_pipeline_file: /);
    const [empty] = write('export const x = 1;');
    expect((await cairn(['run', empty, '--root', root])).stderr).toMatch(/default export/);
    expect((await cairn(['rum', empty])).stderr).toMatch(/no command 'rum'/);
    const [fine] = write(imports + good);
    for (const args of [
      ['run'],
      ['run', fine, '--bogus'],
      ['run', fine, 'more'],
      ['run', fine, '--concurrency', 'many'],
      ['run', fine, '--root', 'a', '--root', 'b'],
      ['run', fine, '--root'],
      ['run', fine, '--fail-fast=no'],
    ]) {
      const ended = await cairn(args);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/^error invalid_\w+: [^\n]+\n$/);
    }
    expect((await cairn(['--help'])).stdout).toMatch(/run \[file\]/);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s cancels the run, keeps what was finished, and exits with %i', async (signal, code) => {
    const steps = `
      const slow = step('slow', { good }, (_, ctx) => new Promise((_, reject) => {
        const timer = setInterval(() => {}, 1000);
        ctx.signal.addEventListener('abort', () => { clearInterval(timer); reject(new Error('stopped')); });
      }), { version: '1' });`;
    const [file, root] = write(`${imports}${steps}${pipeline('good, slow')}`);
    const run = await cairn(['run', file, '--root', root], (line, kill) => {
      if (/^ {2}good +(done|reused)/.test(line)) setTimeout(() => kill(signal), 200);
    });
    expect(run.code).toBe(code);
    expect(run.stdout).toMatch(/was cancelled/);
    const [mended] = write(
      `${imports}const slow = step('slow', { good }, () => [{ n: 1 }], { version: '1' });${pipeline('good, slow')}`,
    );
    const again = await cairn(['run', mended, '--root', root]);
    expect(stepsWith(again.stdout, 'reused')).toEqual(['good']);
    expect(stepsWith(again.stdout, 'done')).toEqual(['slow']);
  });
});

test('a task that is at work elsewhere is not touched, and its holder is named', async () => {
  const folder = temporaryFolder('repository');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'pipeline.ts');
  writeFileSync(
    file,
    `${imports}const slow = step('slow', { good }, () => new Promise((done) => setTimeout(() => done([{ n: 1 }]), 6000)), { version: '1' });${pipeline('good, slow')}`,
  );
  const root = join(folder, 'store');
  let second: ReturnType<typeof cairn> | undefined;
  const first = await cairn(['run', file, '--root', root], (line) => {
    if (/^ {2}good +done/.test(line)) second = cairn(['run', file, '--root', root]);
  });
  expect(first.code).toBe(0);
  const refused = await second;
  expect(refused?.code).toBe(1);
  expect(refused?.stderr).toMatch(/error task_bound: /);
});
