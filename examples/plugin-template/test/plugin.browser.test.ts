import { definePipeline, source, sql, step } from '@cairn/core';
import { pluginSuite, sourceSuite } from '@cairn/core/testing';
import { createWebEngine, createWebRunner } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { describe, expect, test } from 'vitest';
import { accessLog, errorShare, fromAccessLog } from '../src/index.ts';
import { logOf } from './logs.ts';

const fileOf = (text: string): File => new File([text], 'access.log');

describe('the plugin', () => {
  pluginSuite({
    test,
    create: () => accessLog,
    options: { sources: { accessLog: { file: fileOf(logOf(1)) } }, checks: { errorShare: { max: 0.1 } } },
  });
});

describe('the source', () => {
  const engine = createWebEngine({ assets: duckDbAssets });
  sourceSuite({
    test,
    engine,
    create: async () => ({ connector: fromAccessLog({ file: fileOf(logOf(80_000)) }), rows: 80_000 }),
  });
});

test('a dropped log becomes a table, checked, and its addresses stay in', async () => {
  await using runner = createWebRunner({
    database: `access-log-${crypto.randomUUID()}`,
    assets: duckDbAssets,
    plugins: [accessLog],
  });
  const log = source('requests', fromAccessLog({ file: fileOf(logOf(500)) }), {
    checks: [errorShare({ max: 0.01 })],
  });
  const open = step('open', sql`select client, path from ${log}`, { tags: ['public'] });
  const only = definePipeline({ name: 'log', processes: { main: [log] } });
  const result = await runner.run(only);
  expect(result.steps.get('requests')).toMatchObject({ outcome: 'complete', rows: 500 });
  const both = definePipeline({ name: 'log', processes: { main: [log, open] } });
  await expect(runner.run(both)).rejects.toThrow("its column 'client' has addresses of people");
});
