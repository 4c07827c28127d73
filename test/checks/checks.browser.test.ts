import { definePipeline, isCairnError, sql, step } from '@cairn/core';
import {
  accepted,
  expression,
  freshness,
  inRange,
  matches,
  noDrift,
  notNull,
  references,
  rowCount,
  unique,
} from '@cairn/plugins/checks';
import { createWebRunner } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { expect, test } from 'vitest';

test('in a browser, a step fails its checks, rows that fail are found by the next tab, and a stored table is checked', async () => {
  const database = `checks-${crypto.randomUUID()}`;
  const job = { correlationId: 'job' };
  const states = step('states', sql`select * from (values ('NY'), ('NJ')) t(code)`);
  const pipeline = (strict: boolean) =>
    definePipeline({
      name: 'checked',
      processes: {
        main: [
          states,
          step(
            'data',
            sql`select range as id, case when range % 10 > 0 then 'NY' end as state, now() as at from range(1000)`,
            {
              checks: [
                unique('id'),
                inRange('id', { min: 0 }),
                accepted('state', ['NY']),
                matches('state', /^ny$/i),
                references('state', states, 'code'),
                expression(sql`id >= 0`),
                freshness('at', { maxAge: 3_600_000 }),
                rowCount({ exactly: 1000 }),
                noDrift(),
                notNull('state', { severity: strict ? 'error' : 'warn' }),
              ],
            },
          ),
        ],
      },
    });
  {
    await using runner = createWebRunner({ database, assets: duckDbAssets });
    const error: unknown = await runner
      .run(pipeline(true), undefined, job)
      .catch((reason: unknown) => reason);
    expect(isCairnError(error, 'run_failed') && (error.cause as Error).message).toBe(
      "Step 'data' of pipeline 'checked': 1 check failed: notNull(state): 100 of 1000 rows: 'state' is null",
    );
  }
  await using runner = createWebRunner({ database, assets: duckDbAssets });
  await using opened = await runner.open('job');
  expect((await opened.failingRows('data', 'notNull(state)')).numRows).toBe(100);
  const result = await runner.run(pipeline(false), undefined, job);
  expect(result.steps.get('data')?.outcome).toBe('complete');
  const again: unknown = await runner.run(pipeline(true), undefined, job).catch((reason: unknown) => reason);
  expect(isCairnError(again, 'run_failed')).toBe(true);
  await using history = await runner.history();
  const counts = await history.query(
    'select status, count(*)::integer as n from check_runs group by status order by status',
  );
  expect(counts.toArray().map(String)).toEqual([
    '{"status": "failed", "n": 3}',
    '{"status": "passed", "n": 27}',
  ]);
});
