import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createRunner,
  definePipeline,
  isCairnError,
  memoryStore,
  param,
  source,
  sql,
  step,
} from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pluginSuite, sourceSuite } from '@cairn/core/testing';
import { createNodeEngine, createNodeRunner, nodeFiles, runnerFromYaml } from '@cairn/node';
import { afterAll, describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { accessLog, errorShare, fromAccessLog } from '../src/index.ts';
import { logOf } from './logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'access-log-'));
const engine = createNodeEngine();
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

/** A file in the tests' folder. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('the plugin', () => {
  pluginSuite({
    test,
    create: () => accessLog,
    options: { sources: { accessLog: { path: 'access.log' } }, checks: { errorShare: { max: 0.1 } } },
  });
});

describe('the source', () => {
  sourceSuite({
    test,
    engine,
    create: async () => {
      // More than one piece.
      const path = file('suite.log', logOf(80_000));
      return {
        connector: fromAccessLog({ path }),
        files: nodeFiles(),
        rows: 80_000,
        change: async () => writeFileSync(path, logOf(80_000, '/other/')),
        remove: async () => rmSync(path),
      };
    },
  });
});

const requests = (max: number) =>
  source('requests', fromAccessLog({ path: param('path') }), { checks: [errorShare({ max })] });
const params = v.object({ path: v.string() });

/** A runner that leaves the engine to the other tests. */
const runner = () =>
  createRunner({
    store: memoryStore(),
    engine: { ...engine, close: () => Promise.resolve() },
    files: nodeFiles(),
    plugins: [accessLog],
  });

test('a log becomes a table', async () => {
  await using running = createNodeRunner({ root: join(folder, 'store'), plugins: [accessLog] });
  const pipeline = definePipeline({ name: 'log', params, processes: { main: [requests(0.1)] } });
  const result = await running.run(pipeline, { path: file('one.log', logOf(3)) });
  const table = await result.table('requests');
  expect(table.schema.fields.map(({ name }) => name)).toEqual([
    'client',
    'at',
    'method',
    'path',
    'status',
    'bytes',
  ]);
  expect(table.get(2)?.toJSON()).toMatchObject({
    client: '192.0.2.2',
    method: 'GET',
    path: '/2',
    status: 200,
    bytes: 2n,
  });
  expect(new Date(table.get(2)?.at).toISOString()).toBe('2000-10-10T13:55:02.000Z');
});

test.each([
  ['empty', '', 0],
  ['without a last line break', logOf(2).trimEnd(), 2],
  ['with blank lines', `\n${logOf(2)}\n`, 2],
  ['in the combined format', `${logOf(1).trimEnd()} "-" "curl"\r\n`, 1],
])('a log that is %s', async (_, text, rows) => {
  await using running = runner();
  const pipeline = definePipeline({ name: 'log', params, processes: { main: [requests(1)] } });
  const result = await running.run(pipeline, { path: file('odd.log', text) });
  expect(result.steps.get('requests')?.rows).toBe(rows);
});

test('what is no log is told with its line', async () => {
  await using running = runner();
  const pipeline = definePipeline({ name: 'log', params, processes: { main: [requests(1)] } });
  const failed: unknown = await running
    .run(pipeline, { path: file('bad.log', `${logOf(2)}hello\n`) })
    .catch((error: unknown) => error);
  expect(isCairnError(failed, 'run_failed') && isCairnError(failed.cause, 'invalid_data')).toBe(true);
  expect(String(failed)).toContain('line: hello');
});

test('the check fails a step with too many errors', async () => {
  await using running = runner();
  const pipeline = definePipeline({ name: 'log', params, processes: { main: [requests(0.001)] } });
  const failing = running.run(pipeline, { path: file('errors.log', logOf(1000)) });
  await expect(failing).rejects.toThrow('10 of 1000 requests failed');
});

test('the hook keeps addresses out of public tables', async () => {
  await using running = runner();
  const log = requests(1);
  const open = step('open', sql`select * from ${log}`, { tags: ['public'] });
  const counted = step('counted', sql`select path, count(*) as n from ${log} group by all`, {
    tags: ['public'],
  });
  const pipeline = definePipeline({ name: 'log', params, processes: { main: [log, open, counted] } });
  const failed: unknown = await running
    .run(pipeline, { path: file('public.log', logOf(9)) })
    .catch((error: unknown) => error);
  expect(isCairnError(failed, 'run_failed') && failed.cause).toMatchObject({
    code: 'plugin_failed',
    details: { plugin: 'access-log', hook: 'beforeCommit', step: 'open' },
  });
  expect((await running.checkpoints()).map((one) => one.step).toSorted()).toEqual(['counted', 'requests']);
});

test('options that cannot be are told, all of them', () => {
  expect(() => contributions([accessLog]).source('accessLog', { path: 1, fiel: 2 })).toThrow(
    /path: .*; fiel: /,
  );
  expect(() => fromAccessLog({})).toThrow('give a path or a file, one of them');
});

test('a configuration names it', async () => {
  const config = file(
    'cairn.config.yaml',
    `storage: { type: memory }\nplugins: ['${join(import.meta.dirname, '../src/index.ts')}']\n`,
  );
  const open = step('open', sql`select 'me' as client`, { tags: ['public'] });
  await using running = await runnerFromYaml(config, {
    engine: { ...engine, close: () => Promise.resolve() },
  });
  const pipeline = definePipeline({ name: 'configured', processes: { main: [open] } });
  await expect(running.run(pipeline)).rejects.toThrow("its column 'client' has addresses of people");
});
