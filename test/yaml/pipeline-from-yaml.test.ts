import { compile, definePipeline, fanIn, param, secret, sink, source, sql, step } from '@cairn/core';
import { pipelineFromYaml } from '@cairn/core/yaml';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { accepted, expression, notNull, references, unique } from '@cairn/plugins/checks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { registry } from './registry.ts';
import { expectSame } from './same.ts';

const yaml = `
# yaml-language-server: $schema=./node_modules/@cairn/core/pipeline.schema.json
name: flights
params:
  minDelay: { type: integer, default: 15, min: 0, max: 600, description: Minutes }
  folder: { type: string, default: data }
  since: { type: date, default: 2020-01-01 }
  mode: { type: string, default: all, enum: [all, late] }
processes:
  ingest:
    description: Reads what there is
    steps:
      - source: flights
        from: { type: csv, path: $folder, columns: { origin: VARCHAR } }
        tags: [raw, daily]
      - source: airports
        from: { type: csv, url: { $secret: AIRPORTS }, delimiter: ';', nullText: $$none }
        retry: true
  report:
    after: [ingest]
    steps:
      - step: delayed
        description: Late ones
        sql: |
          select f.*, a.state
          from Flights f join "airports" a on a.iata = f.origin -- and no others
          where f.delay >= $minDelay and f.at > $since
        retry: { maxAttempts: 3, backoff: exponential, initialDelayMs: 100, maxDelayMs: 5000, retryOn: [sql_failed] }
        timeoutMs: 60000
        maxAge: 3600000
        circuitBreaker: { name: db, failureThreshold: 2 }
        timezone: Europe/Berlin
        checks:
          - { type: notNull, column: origin }
          - { type: unique, columns: [origin, at], severity: warn }
          - { type: accepted, column: mode, values: [all, $mode] }
          - { type: references, column: origin, step: { $step: airports }, otherColumn: iata }
          - { type: expression, sql: { $sql: 'delay >= $minDelay and origin in (select iata from airports)' }, name: known }
      - fanIn: both
        inputs: [flights, delayed]
        checkpoint: false
        volatile: true
      - step: by_origin
        inputs: [both]
        after: [save]
        sql: with flights as (from "both") select origin, count(*) as delayed from flights group by origin
      - sink: save
        input: delayed
        to: { type: csv, path: out/by-origin.csv }
        checkpoint: correlation
        circuitBreaker: db2
`;

function typescript() {
  const flights = source('flights', fromCsv({ path: param('folder'), columns: { origin: 'VARCHAR' } }), {
    tags: ['raw', 'daily'],
  });
  const airports = source(
    'airports',
    fromCsv({ url: secret('AIRPORTS'), delimiter: ';', nullText: '$none' }),
    {
      retry: true,
    },
  );
  const delayed = step(
    'delayed',
    sql`select f.*, a.state from ${flights} f join ${airports} a on a.iata = f.origin
      where f.delay >= ${param('minDelay')} and f.at > ${param('since')}`,
    {
      description: 'Late ones',
      retry: {
        maxAttempts: 3,
        backoff: 'exponential',
        initialDelayMs: 100,
        maxDelayMs: 5000,
        retryOn: ['sql_failed'],
      },
      timeoutMs: 60_000,
      maxAge: 3_600_000,
      circuitBreaker: { name: 'db', failureThreshold: 2 },
      timezone: 'Europe/Berlin',
      checks: [
        notNull('origin'),
        unique(['origin', 'at'], { severity: 'warn' }),
        accepted('mode', ['all', param('mode')] as never),
        references('origin', airports, 'iata'),
        expression(sql`delay >= ${param('minDelay')} and origin in (select iata from ${airports})`, {
          name: 'known',
        }),
      ],
    },
  );
  const both = fanIn('both', [flights, delayed], { checkpoint: false, volatile: true });
  const save = sink('save', delayed, toCsv({ path: 'out/by-origin.csv' }), {
    checkpoint: 'correlation',
    circuitBreaker: 'db2',
  });
  const byOrigin = step(
    'by_origin',
    sql`with flights as (from ${both}) select origin, count(*) as delayed from flights group by origin`,
    { after: [save] },
  );
  return definePipeline({
    name: 'flights',
    params: z.object({
      minDelay: z.number().int().min(0).max(600).default(15),
      folder: z.string().default('data'),
      since: z.coerce.date().default(new Date('2020-01-01')),
      mode: z.enum(['all', 'late']).default('all'),
    }),
    processes: {
      ingest: { steps: [flights, airports], description: 'Reads what there is' },
      report: { steps: [delayed, both, byOrigin, save], after: ['ingest'] },
    },
  });
}

test('a pipeline as YAML is the one that TypeScript makes', async () => {
  const pipeline = await pipelineFromYaml(yaml, { registry });
  await expectSame(typescript(), pipeline);
  await expectSame(typescript(), pipeline, { minDelay: 30, since: '2021-06-01T00:00:00Z', mode: 'late' });
  const plan = await compile(pipeline, {});
  expect(plan.steps.map(({ name, inputs }) => [name, inputs])).toEqual([
    ['flights', []],
    ['airports', []],
    ['delayed', ['flights', 'airports']],
    ['both', ['flights', 'delayed']],
    ['save', ['delayed']],
    ['by_origin', ['both']],
  ]);
});

test('JSON is YAML', async () => {
  const json = JSON.stringify({
    $schema: './pipeline.schema.json',
    name: 'p',
    processes: { all: [{ step: 'one', sql: 'select 1' }] },
  });
  const one = step('one', sql`select 1`);
  await expectSame(
    definePipeline({ name: 'p', processes: { all: [one] } }),
    await pipelineFromYaml(json, { registry }),
  );
});

test('steps may refer to those that are listed later', async () => {
  const text =
    'name: p\nprocesses:\n  all:\n    - { step: b, sql: from a }\n    - { step: a, sql: select 1 }\n';
  const plan = await compile(await pipelineFromYaml(text, { registry }), {});
  expect(plan.steps.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(plan.processes[0]?.steps).toEqual(['b', 'a']);
});

test('a transform is a plugin’s, with its options in its version', async () => {
  const text = (transform: string): string => `
name: p
params: { by: { type: integer, default: 3 } }
processes:
  all:
    - { step: a, sql: select 1 as n }
    - { step: b, transform: ${transform}, inputs: { table: a, by: $by, key: { $secret: KEY } } }
    - { step: c, transform: double, inputs: [a] }
`;
  const version = async (transform: string): Promise<string | undefined> => {
    const plan = await compile(await pipelineFromYaml(text(transform), { registry }), {});
    const [, b, c] = plan.steps;
    expect(b?.kind === 'transform' && b.arguments).toMatchObject({
      table: { kind: 'step', step: 'a' },
      by: { kind: 'param', value: 3 },
      key: { kind: 'secret', secret: { name: 'KEY' } },
    });
    expect(c?.kind === 'transform' && c.arguments).toMatchObject({ a: { kind: 'step' } });
    return b?.kind === 'transform' ? b.version : undefined;
  };
  expect(await version('double')).toBe('1');
  const three = await version('{ type: double, by: 3 }');
  expect(three).not.toBe('1');
  expect(await version('{ type: double, by: 4 }')).not.toBe(three);
});

describe('files', () => {
  const files: Record<string, string> = {
    'steps/ingest.yaml': '- { source: a, from: { type: csv, path: a.csv } }\n- include: more.yaml\n',
    'steps/more.yaml': '- step: b\n  sqlFile: b.sql\n',
    'steps/b.sql': '-- all of it\nselect *\nfrom a\n',
    'steps/self.yaml': '- include: self.yaml\n',
    'steps/wrong.yaml': '- { step: w, sql: from b, tag: x }\n',
    'steps/broken.yaml': '- [',
    'steps/wrong.sql': 'select *\nfrom bb\n',
  };
  const load = (path: string, from: string | undefined) => {
    const folder = from === undefined || !from.includes('/') ? '' : from.slice(0, from.lastIndexOf('/') + 1);
    const text = files[folder + path];
    if (text === undefined) throw new Error(`no ${folder}${path}`);
    return { file: folder + path, text };
  };
  const whole = (...entries: string[]): string =>
    `name: p\nprocesses:\n  all:\n    - include: steps/ingest.yaml\n${entries.map((entry) => `    - ${entry}\n`).join('')}`;
  const problems = async (...entries: string[]): Promise<string> => {
    const error: unknown = await pipelineFromYaml(whole(...entries), {
      registry,
      file: 'p.yaml',
      load,
    }).catch((caught: unknown) => caught);
    return error instanceof Error ? error.message : '';
  };

  test('of steps and of SQL are as if they stood there, each relative to its own', async () => {
    const pipeline = await pipelineFromYaml(whole('{ step: c, sql: from b }'), {
      registry,
      file: 'p.yaml',
      load,
    });
    const a = source('a', fromCsv({ path: 'a.csv' }));
    const b = step('b', sql`select * from ${a}`);
    const c = step('c', sql`from ${b}`);
    await expectSame(definePipeline({ name: 'p', processes: { all: [a, b, c] } }), pipeline);
  });

  test('mistakes are told where they are', async () => {
    expect(await problems('include: steps/wrong.yaml')).toContain(
      'steps/wrong.yaml:1:27: [0].tag: unknown key',
    );
    expect(await problems('include: steps/broken.yaml')).toContain('steps/broken.yaml:1:4: is not readable');
    expect(await problems('{ step: x, sqlFile: steps/wrong.sql }')).toContain(
      "steps/wrong.sql:2:6: step 'x' reads 'bb', which is no step with a table; did you mean 'b'?\n  2 | from bb\n    |      ^",
    );
    expect(await problems('include: steps/self.yaml')).toContain(
      'includes itself: p.yaml -> steps/self.yaml -> steps/self.yaml',
    );
  });

  test('there are none without a loader', async () => {
    const error = await pipelineFromYaml(whole(), { registry }).catch((caught: unknown) => caught);
    expect(String(error)).toContain(
      'The pipeline:4:16: processes.all[0].include: names a file, and there is nothing that loads files',
    );
  });
});

test('params are checked as they are declared', async () => {
  const declared = `
  n: { type: number, min: 0, max: 1, default: 0.5 }
  i: { type: integer, enum: [1, 2], default: 1 }
  s: { type: string, min: 2, max: 3, default: ab }
  b: { type: boolean, default: false }
  d: { type: date, min: 2020-01-01, default: 2020-01-02 }
  needed: { type: string }
  optional: { type: string, required: false }
`;
  const text = `name: p\nparams:${declared}processes: { all: [{ step: a, sql: select 1 }] }\n`;
  const pipeline = await pipelineFromYaml(text, { registry });
  const plan = await compile(pipeline, { needed: 'x' });
  expect(plan.params).toEqual({
    n: 0.5,
    i: 1,
    s: 'ab',
    b: false,
    d: new Date('2020-01-02'),
    needed: 'x',
  });
  const refused = async (params: Record<string, unknown>): Promise<string> => {
    const error: unknown = await compile(pipeline, params).catch((caught: unknown) => caught);
    return error instanceof Error ? error.message : '';
  };
  const all = await refused({ n: 2, i: 3, s: 'a', b: 'yes', d: '2019-12-31', nedeed: 'x' });
  for (const told of [
    'n: must be 1 or less',
    'i: must be one of 1, 2',
    's: must have a length 2 or more',
    'b: must be true or false',
    'd: must be 2020-01-01 or more',
    'needed: is missing',
    "nedeed: there is no such param; did you mean 'needed'?",
  ])
    expect(all).toContain(told);
  expect(await refused({ needed: 'x', d: 'soon', n: Number.NaN, i: 1.5 })).toContain(
    'd: must be a date of ISO 8601',
  );
});

describe('dates', () => {
  const zone = process.env['TZ'];
  beforeAll(() => {
    process.env['TZ'] = 'America/New_York';
  });
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  const declared =
    'name: p\nparams: { d: { type: date } }\nprocesses: { all: [{ step: a, sql: select $d as d }] }';

  test.each([
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2024-01-01T10:00', '2024-01-01T10:00:00.000Z'],
    ['2024-01-01 10:00:30.25', '2024-01-01T10:00:30.250Z'],
    ['2024-01-01 10:00 +02', '2024-01-01T08:00:00.000Z'],
    ['2024-01-01T10:00:00-0530', '2024-01-01T15:30:00.000Z'],
    ['2024-01-01T10:00z', '2024-01-01T10:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['+012024-01-01T00:00:00.000Z', '+012024-01-01T00:00:00.000Z'],
  ])('%s is the same everywhere', async (text, iso) => {
    const plan = await compile(await pipelineFromYaml(declared, { registry }), { d: text });
    expect((plan.params['d'] as Date).toISOString()).toBe(iso);
  });

  test.each([
    '2023-02-29',
    '2024-02-30',
    '2024-13-01',
    '2024-01-00',
    '2024-01-01T25:00',
    '2024-01-01 noon',
    '1',
  ])('%s is none', async (text) => {
    await expect(compile(await pipelineFromYaml(declared, { registry }), { d: text })).rejects.toThrow(
      'd: must be a date of ISO 8601',
    );
  });
});
