import { definePipeline, memoryStore, source, sql, step } from '@cairn/core';
import { fromCsv } from '@cairn/plugins/csv';
import { createWebRunner } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { expect, test } from 'vitest';

test('a sandboxed engine in a page reads what connectors give it, and nothing else', async () => {
  const runner = createWebRunner({ store: memoryStore(), assets: duckDbAssets, sandbox: true });
  const from = source('from', fromCsv({ file: new File(['a\n1\n2\n'], 'a.csv') }));
  const sum = step('sum', sql`select sum(a)::integer as total from ${from}`);
  const result = await runner.run(definePipeline({ name: 'p', processes: { all: [from, sum] } }));
  expect((await result.table('sum')).toArray().map(String)).toEqual(['{"total": 3}']);
  for (const statement of [
    `select * from read_csv('${location.origin}/package.json')`,
    "select * from read_text('a.csv')",
    "select * from glob('opfs://*')",
  ]) {
    const one = step('one', sql.raw(statement), { volatile: true });
    const running = runner.run(definePipeline({ name: 'p', processes: { all: [one] } }));
    await expect(running, statement).rejects.toMatchObject({ cause: { code: 'sandbox_refused' } });
  }
  await runner.close();
});
