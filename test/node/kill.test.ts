import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../run/fixtures.js';
import { cairn, stepsWith } from './commands.js';

const steps = ['numbers', 'even', 'joined', 'ranked', 'shaped', 'held', 'save'];

// Until this file is there, no run gets past 'held': none is over before it is killed.
const letGo = (folder: string): string => join(folder, 'let-go');

function pipelineIn(folder: string): string {
  const file = join(folder, 'pipeline.ts');
  writeFileSync(
    file,
    `
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { definePipeline, sink, sql, step } from '@cairn/core';
import { toCsv } from '@cairn/plugins/csv';

const numbers = step('numbers', sql\`select range as n, hash(range) as h, 'value ' || range as text from range(400000)\`);
const even = step('even', sql\`select * from \${numbers} where n % 2 = 0\`);
const joined = step('joined', sql\`select e.*, n.h as other from \${even} e join \${numbers} n on n.n = e.n + 1\`);
const ranked = step('ranked', sql\`select *, row_number() over (order by h) as rank from \${joined}\`);
const shaped = step('shaped', { ranked }, async ({ ranked }) => (await ranked.arrow({ limit: 1000 })), { version: '1' });
const held = step('held', { shaped }, async ({ shaped }) => {
  while (!existsSync(${JSON.stringify(letGo(folder))})) await wait(20);
  return shaped.arrow();
}, { version: '1' });
const save = sink('save', held, toCsv({ path: ${JSON.stringify(join(folder, 'out.csv'))} }));
export default definePipeline({ name: 'killed', processes: { make: [numbers, even, joined], end: [ranked, shaped, held, save] } });
`,
  );
  return file;
}

const hashOf = (folder: string): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, 'out.csv')))
    .digest('hex');

test('killed with SIGKILL after every step, and in the middle of one, a run resumes to the same result', async () => {
  const whole = temporaryFolder('repository');
  writeFileSync(letGo(whole), '');
  const unkilled = await cairn(['run', pipelineIn(whole), '--root', join(whole, 'store')]);
  expect(unkilled.stderr).toBe('');
  expect(stepsWith(unkilled.stdout, 'done')).toEqual(steps);

  const folder = temporaryFolder('repository');
  const file = pipelineIn(folder);
  let finished: string[] = [];
  while (!finished.includes('shaped')) {
    const run = await cairn(['run', file, '--root', join(folder, 'store')], (line, kill) => {
      // What was committed and not said before the last kill is reused: 'shaped' too, if it comes to that.
      if (/^ {2}(\S+ +done|shaped +reused)/.test(line)) kill('SIGKILL');
    });
    expect(run.signal).toBe('SIGKILL');
    const reused = stepsWith(run.stdout, 'reused');
    const done = stepsWith(run.stdout, 'done');
    // No finished step ran again.
    expect(reused).toEqual(expect.arrayContaining(finished));
    expect(done.filter((name) => reused.includes(name))).toEqual([]);
    finished = [...reused, ...done];
  }
  writeFileSync(letGo(folder), '');
  const last = await cairn(['run', file, '--root', join(folder, 'store')]);
  expect(last.code).toBe(0);
  expect(stepsWith(last.stdout, 'reused')).toEqual(finished);
  expect(hashOf(folder)).toBe(hashOf(whole));
});
