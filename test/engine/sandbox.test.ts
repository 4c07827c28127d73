import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createRunner,
  definePipeline,
  memoryStore,
  type Runner,
  source,
  type SourceConnector,
  sql,
  step,
} from '@cairn/core';
import { engineSuite } from '@cairn/core/testing';
import { createNodeEngine, createNodeRunner, nodeFiles } from '@cairn/node';
import { fromCsv } from '@cairn/plugins/csv';
import { fromParquet } from '@cairn/plugins/parquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parquetFiles } from '../plugins/parquet-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'cairn-sandbox-'));
const engine = createNodeEngine({ sandbox: true });
let runner: Runner;

beforeAll(() => {
  writeFileSync(join(folder, 'a.csv'), 'a\n1\n2\n');
  runner = createRunner({ store: memoryStore(), engine, files: nodeFiles({ cwd: folder }) });
});
afterAll(async () => {
  await runner.close();
  rmSync(folder, { recursive: true, force: true });
});

const causeOf = async (running: Promise<unknown>): Promise<{ code: string; message: string }> =>
  running.then(
    () => ({ code: 'none', message: '' }),
    (error: Error & { code: string; cause?: { code: string; message: string } }) =>
      error.code === 'run_failed' ? (error.cause ?? error) : error,
  );

const run = (statement: string, how: 'step' | 'transform' = 'step') => {
  const one =
    how === 'step'
      ? step('one', sql`${sql.raw(statement)}`, { volatile: true })
      : step('one', {}, () => sql`${sql.raw(statement)}`, { volatile: true });
  return causeOf(runner.run(definePipeline({ name: 'p', processes: { all: [one] } })));
};

describe('a step of SQL that wants out', () => {
  test.each([
    ["select * from read_csv('/etc/passwd')"],
    ["select * from read_text('/etc/hostname')"],
    ["select * from read_blob('/etc/hostname')"],
    ["select * from glob('/etc/*')"],
    ["select * from sniff_csv('/etc/passwd')"],
    ["select * from '/etc/passwd.csv'"],
    ["select * from read_csv('http://127.0.0.1:1/a.csv')"],
    ["select * from read_text('cairn://files/../../etc/hostname')"],
    ["select * from query('from read_text(''/etc/hostname'')')"],
  ])('%s', async (statement) => {
    for (const how of ['step', 'transform'] as const) {
      const { code, message } = await run(statement, how);
      expect([code, message]).toEqual([
        'sandbox_refused',
        expect.stringMatching(/The sandbox refused what the SQL wants: Permission Error/),
      ]);
    }
  });

  test.each([
    [`copy (select 1) to '${folder}/out.csv'`],
    [`attach '${folder}/out.db'`],
    ['install httpfs'],
    ['load httpfs'],
    ['set enable_external_access = true'],
    ['set lock_configuration = false'],
    ["set memory_limit = '1GB'"],
    [`export database '${folder}/out'`],
    ['select 1; set threads = 1'],
  ])('%s', async (statement) => {
    for (const how of ['step', 'transform'] as const) {
      expect((await run(statement, how)).code).toMatch(
        /^(?:invalid_sql|sql_failed|sandbox_refused|invalid_pipeline)$/,
      );
    }
    for (const name of ['out.csv', 'out.db', 'out']) expect(existsSync(join(folder, name))).toBe(false);
  });

  test('without a sandbox it gets out: the tests above can fail', async () => {
    const open = createRunner({ store: memoryStore(), engine: createNodeEngine() });
    const one = step('one', sql.raw(`select * from read_text('${folder}/a.csv')`), { volatile: true });
    const result = await open.run(definePipeline({ name: 'p', processes: { all: [one] } }));
    expect(result.status).toBe('success');
    await open.close();
  });
});

describe('what connectors read', () => {
  const rowsOf = async (connector: SourceConnector): Promise<number> => {
    const from = source('from', connector);
    const count = step('count', sql`select count(*) as n from ${from}`);
    const result = await runner.run(definePipeline({ name: 'p', processes: { all: [from, count] } }));
    return (await result.table('from')).numRows;
  };

  test('comes in as before: bytes, streams, paths', async () => {
    expect(await rowsOf(fromCsv({ path: 'a.csv' }))).toBe(2);
    const bytes = Uint8Array.from(Buffer.from(parquetFiles.groups, 'base64'));
    expect(await rowsOf(fromParquet({ bytes }))).toBe(300);
    const byPath: SourceConnector = {
      type: 'by-path',
      location: {},
      options: {},
      identity: async () => '1',
      read: async () => ({
        identity: '1',
        data: {
          query: sql`select * from read_csv(${sql.file('given')})`,
          files: { given: { path: 'a.csv' } },
        },
      }),
    };
    expect(await rowsOf(byPath)).toBe(2);
  });

  test('an engine alone takes no paths', async () => {
    const reading = engine.query(
      {
        parts: [
          { kind: 'text', text: 'from read_csv(' },
          { kind: 'file', name: 'f' },
          { kind: 'text', text: ')' },
        ],
      },
      { files: { f: { path: join(folder, 'a.csv') } } },
    );
    expect(await causeOf(reading)).toMatchObject({
      code: 'sandbox_refused',
      message: expect.stringMatching(/give its bytes/),
    });
  });
});

test('it changes no identity: what was computed outside is reused inside, and the other way', () => {
  expect(createNodeEngine({ sandbox: true }).identity).toEqual(createNodeEngine().identity);
});

test('options', () => {
  expect(() => createNodeEngine({ sandbox: 'yes' as never })).toThrow(/sandbox: is true or false/);
  expect(() => createNodeRunner({ engine, sandbox: true })).toThrow(/'sandbox' goes with its own engine/);
});

describe('as every engine', () => {
  engineSuite({ test, create: async () => createNodeEngine({ sandbox: true }) });
});
