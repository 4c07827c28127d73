import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cairn } from '../node/commands.js';
import { temporaryFolder } from '../run/fixtures.js';

const text = `
import { definePipeline, sql, step } from '@cairn/core';
import { notNull, unique } from '@cairn/plugins/checks';

const data = step('data', sql\`select * from (values (1, 'a'), (2, null), (2, 'c')) t(id, note)\`, {
  checks: process.env.STRICT ? [notNull('note'), unique('id'), notNull('nota')] : [notNull('note', { severity: 'warn' })],
});
export default definePipeline({ name: 'told', processes: { main: [data] } });
`;

test('failed checks are told in lines of their own, and the rows that failed are shown', async () => {
  const folder = temporaryFolder('repository');
  const file = join(folder, 'pipeline.mjs');
  writeFileSync(file, text);
  const root = ['--root', join(folder, 'state')];
  const strict = { STRICT: '1' };
  const failed = await cairn(['run', file, ...root], undefined, strict);
  expect(failed.code).toBe(1);
  expect(failed.stderr.split('\n')).toEqual([
    "error check_failed: Step 'data' of pipeline 'told': 3 checks failed",
    "  notNull(note)  1 of 3 rows: 'note' is null",
    '  unique(id)     2 rows share 1 key',
    "  notNull(nota)  it could not be evaluated: the table has no column 'nota'; did you mean 'note'?",
    "  rows:  cairn show data --check 'notNull(note)'",
    '  docs:  docs/errors.md#check_failed',
    '',
  ]);

  const rows = await cairn(['show', 'data', '--check', 'unique(id)', ...root]);
  expect(rows.stdout.split('\n').map((line) => line.trimEnd())).toEqual([
    '     id  note',
    'INTEGER  VARCHAR',
    '      2  NULL',
    '      2  c',
    "2 rows kept of those that failed 'unique(id)': 2 rows share 1 key",
    '',
  ]);
  const json = await cairn(['show', 'data', '--check', 'unique(id)', '--json', ...root]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    step: 'data',
    check: 'unique(id)',
    status: 'failed',
    failing: 2,
    data: [
      { id: 2, note: null },
      { id: 2, note: 'c' },
    ],
  });
  const table = await cairn(['show', 'data', ...root]);
  expect([table.code, table.stderr]).toEqual([
    1,
    expect.stringMatching(/notNull\(note\) {2}1 of 3 rows.*\n.*unique/),
  ]);

  const warned = await cairn(['run', file, ...root]);
  expect([warned.code, warned.stdout]).toEqual([
    0,
    expect.stringContaining("  check: 'data', notNull(note): 1 of 3 rows: 'note' is null\n  data  done"),
  ]);
  const shown = await cairn(['show', 'data', ...root]);
  expect(shown.stdout).toContain("\ncheck notNull(note)  1 of 3 rows: 'note' is null\n");
  const plan = await cairn(['plan', file, ...root], undefined, strict);
  expect(plan.stdout).toContain(
    'reused from an earlier run, to be checked: notNull(note), unique(id), notNull(nota)',
  );
});
