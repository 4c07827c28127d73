import {
  definePipeline,
  effect,
  fanIn,
  param,
  secret,
  sink,
  source,
  sql,
  step,
  type PlainStepOptions,
  type Sql,
  type Step,
  type TableStep,
} from '@cairn/core';
import { pipelineFromYaml, pipelineToYaml } from '@cairn/core/yaml';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { expression, inRange, notNull, references, rowCount } from '@cairn/plugins/checks';
import { fromParquet } from '@cairn/plugins/parquet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { registry } from './registry.ts';
import { expectSame } from './same.ts';

// Texts that YAML, or the forms that stand for params and secrets, might take for something else.
const awkward = [
  '',
  ' ',
  'yes',
  'null',
  '~',
  '1',
  '1.0',
  '0x10',
  '2020-01-01',
  'true',
  '$p',
  '$$p',
  '$$',
  '$',
  '$ p',
  '$.path',
  '- a',
  'a: b',
  '#x',
  ' x',
  'x ',
  '{a}',
  '[a]',
  '&a',
  '*a',
  '!a',
  '|',
  '>',
  '%a',
  '@a',
  '`a`',
  '"',
  "'",
  'a\nb',
  'a\n',
  '\na',
  '\tx',
  'ü\u2028é',
  '😀',
  '\u0007',
  '---',
  '...',
  '<<',
  '\\n',
  'a #b',
  'a:',
  '\r\n',
  '\u0085',
];
const text = fc.oneof(fc.constantFrom(...awkward), fc.string({ unit: 'grapheme', maxLength: 12 }));
const word = text.filter((one) => one !== '' && !one.includes('\0'));

const names = [
  'flights',
  'order',
  'by-hour',
  'a.b',
  'Mixed',
  'year',
  'left',
  '_x',
  '2024',
  'values',
  'null',
  'true',
  'both',
  'x1',
  'x2',
  'x3',
];

interface StepGene {
  readonly kind: number;
  readonly form: number;
  readonly inputs: readonly number[];
  readonly text: string;
  readonly number: number;
  readonly options: PlainStepOptions;
  readonly checks: number;
  readonly after: number;
  readonly process: number;
}

const duration = fc.integer({ min: 1, max: 1e6 });
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined, freq: 4 });
const retry = fc.oneof(
  fc.boolean(),
  fc.record(
    {
      maxAttempts: fc.integer({ min: 1, max: 9 }),
      initialDelayMs: duration,
      backoff: fc.constantFrom('exponential' as const, 'constant' as const),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
      retryOn: fc.constant(['sql_failed', 'canceled'] as const),
    },
    { requiredKeys: [] },
  ),
);
const number = fc.oneof(
  fc.integer(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((one) => !Number.isInteger(one) || Number.isSafeInteger(one)),
);
const gene: fc.Arbitrary<StepGene> = fc.record({
  kind: fc.nat(99),
  form: fc.nat(99),
  inputs: fc.array(fc.nat(99), { minLength: 1, maxLength: 3 }),
  text: word,
  number,
  options: fc.record(
    {
      description: text,
      checkpoint: fc.constantFrom('cache' as const, 'correlation' as const, 'run' as const, false as const),
      volatile: fc.boolean(),
      tags: fc.array(word, { maxLength: 3 }),
      retry,
      timeoutMs: duration,
      maxAge: duration,
      circuitBreaker: fc.oneof(
        fc.boolean(),
        word,
        fc.record({ failureThreshold: fc.integer({ min: 1, max: 5 }) }),
      ),
      timezone: fc.constantFrom('UTC', 'Europe/Berlin'),
    },
    { requiredKeys: [] },
  ),
  checks: fc.nat(9),
  after: fc.nat(99),
  process: fc.nat(2),
});

const given = fc.record({
  genes: fc.array(gene, { minLength: 1, maxLength: names.length }),
  pipeline: fc.constantFrom('p', '2024', 'null'),
  description: maybe(text),
  params: fc.record({
    p: fc.integer(),
    q: text,
    r: fc.boolean(),
    s: maybe(number),
  }),
});
type Given = typeof given extends fc.Arbitrary<infer Value> ? Value : never;

/** Statements whose text reads as the same steps and params, however it is laid out. */
function statement(form: number, [a, b = a]: readonly TableStep[], { text: value, number }: StepGene): Sql {
  const [one, two] = [a, b] as [TableStep, TableStep];
  const quoted = sql.id(value);
  switch (form % 12) {
    case 0:
      return sql`select 1 as x`;
    case 1:
      return sql`from ${one}`;
    case 2:
      return sql`
        select a.*, ${param('p')} as p -- ${sql.raw('')}a comment
        from ${one} a
          join ${two} b on a.x = b.x and a.y <${param('p')}
        where a.q = ${param('q')}::varchar`;
    case 3:
      return sql`select x as ${quoted}, 'from "${sql.raw('x')}"', e'a\\'b' from${two}`;
    case 4:
      return sql`with flights as (from ${one}) from flights, ${two}b`;
    case 5:
      return sql`from ${one} as year, "x y" as z`;
    case 6:
      return sql`pivot ${one} on x using sum(y)`;
    case 7:
      return sql`select $$from flights
          and more$$, ${param('r')} in (from ${one} select x)`;
    case 8:
      return sql`select * from (select flights, "order" from ${one} ) t, (${sql`from ${two}`}) as u`;
    case 9:
      return sql`\tselect 'a
   b' as t,
\tx from ${one}\n\n`;
    case 10:
      return sql`from ${one} limit ${number}`;
    default:
      return sql`select ${value} as x from ${one}`;
  }
}

function pipelineOf({ genes, pipeline, description, params }: Given) {
  const steps: Step[] = [];
  const processes: Record<string, Step[]> = {};
  for (const [index, one] of genes.entries()) {
    const name = names[index] as string;
    const tables = steps.filter(
      (before): before is TableStep => before.kind !== 'sink' && before.kind !== 'effect',
    );
    const inputs = [...new Set(one.inputs.map((at) => tables[at % tables.length]))].filter(
      (input) => input !== undefined,
    );
    const before = steps[one.after % Math.max(1, steps.length)];
    const [first, second = first] = inputs;
    const checks = [
      [],
      [notNull(one.text)],
      [inRange('x', { min: one.number, max: param('p') }), rowCount({ min: 1, severity: 'warn' })],
      [
        expression(sql`x > ${param('p')} or x is null`),
        expression(sql`x < 5`, { name: 'small', keepRows: 3 }),
      ],
      first === undefined ? [] : [references('x', first, 'y')],
      first === undefined ? [] : [expression(sql`x in (select x from ${first})`)],
    ][one.checks % 6] as never;
    const plain = { ...one.options, after: before === undefined || one.after % 3 > 0 ? undefined : [before] };
    const options = { ...plain, checks };
    const make = (): Step => {
      if (first === undefined || one.kind % 6 === 0) {
        const forms = [
          fromCsv({ path: one.text, columns: { [one.text]: 'VARCHAR', $a: 'BIGINT' } }),
          fromCsv({ path: param('q'), nullText: '$$p', skipRows: 2 }),
          fromCsv({ url: secret('S'), identity: 'etag' }),
          fromParquet({ path: one.text, identity: 'stat' }),
        ];
        return source(name, forms[one.form % 4] as never, options);
      }
      if (one.kind % 6 === 1) return fanIn(name, inputs, options);
      if (one.kind % 6 === 2)
        return sink(name, first, toCsv({ path: one.text, header: false, nullText: '$p' }), plain);
      return step(name, statement(one.form, [first, second as TableStep], one), options);
    };
    const made = make();
    steps.push(made);
    (processes[`process${one.process}`] ??= []).push(made);
  }
  const schema = z.object({
    p: z
      .number()
      .int()
      .min(-(2 ** 40))
      .default(params.p)
      .describe('A number'),
    q: z.string().max(100).default(params.q),
    r: z.boolean().default(params.r),
    s: params.s === undefined ? z.number().optional() : z.number().default(params.s),
  });
  const entries = Object.entries(processes);
  return definePipeline({
    name: pipeline,
    params: schema as never,
    processes: Object.fromEntries(
      entries.map(([name, listed], index) => [
        name,
        index === 0 && description !== undefined ? { steps: listed, description } : listed,
      ]),
    ) as never,
  });
}

test('what is written is read as the same pipeline, and what is not is named', async () => {
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(given, async (one) => {
      const pipeline = pipelineOf(one);
      const { yaml, unwritten } = pipelineToYaml(pipeline, { registry });
      // `raw` is a mark that text does not have, a bound value is no text, and a name means one thing.
      const left = unwritten.filter(({ what }) => what !== 'sql.raw');
      const bound = one.genes.filter(
        ({ kind, form }, index) => index > 0 && kind % 6 > 2 && [4, 10, 11].includes(form % 12),
      ).length;
      expect(left.length).toBeLessThanOrEqual(bound);
      for (const { why } of left) expect(why).toMatch(/bound in SQL|plain text does not say/);
      if (unwritten.length > 0) return;
      whole += 1;
      const read = await pipelineFromYaml(yaml, { registry });
      await expectSame(pipeline, read);
      expect(pipelineToYaml(read, { registry })).toEqual({
        yaml: expect.any(String) as unknown,
        unwritten: [],
      });
      await expectSame(
        pipeline,
        await pipelineFromYaml(pipelineToYaml(read, { registry }).yaml, { registry }),
      );
    }),
    { numRuns: Number(process.env['CAIRN_RUNS'] ?? 300) },
  );
  expect(whole).toBeGreaterThan(60);
});

describe('what YAML cannot hold is named, in the text too', () => {
  const one = step('one', sql`select 1 as n`);
  const bound = step('bound', sql`select ${30} as n from ${one}`, { rollback: () => undefined });
  const code = step('code', { one }, () => [{ n: 1 }], { version: '1' });
  const tell = effect('tell', { one }, () => undefined);
  const file = source('file', fromCsv({ bytes: Uint8Array.of(1) }));
  const show = sink('show', one, toCsv({ onBlob: () => undefined }));
  const tried = step('tried', sql`from ${one}`, {
    retry: { retryOn: () => true },
    onCancel: () => undefined,
  });
  const pasted = step('pasted', sql`select ${sql.raw('1')} as n`);
  const pipeline = definePipeline({
    name: 'p',
    params: z.object({
      n: z.number().positive(),
      big: z.number().default(2 ** 53),
      list: z.array(z.string()),
      'a-b': z.string(),
    }),
    processes: { all: [one, bound, code, tell, file, show, tried, pasted] },
  });
  const { yaml, unwritten } = pipelineToYaml(pipeline, { registry });

  test.each([
    [undefined, "param 'n'", "'exclusiveMinimum'"],
    [undefined, "param 'big'", '9007199254740992'],
    [undefined, "param 'list'", 'array'],
    [undefined, "param 'a-b'", 'no word'],
    ['bound', "option 'rollback'", 'function'],
    ['bound', 'the step', 'bound in SQL'],
    ['code', 'the step', 'function'],
    ['tell', 'the step', 'function'],
    ['file', 'the step', 'a function or a file'],
    ['show', 'the step', 'a function or a file'],
    ['tried', "option 'retry.retryOn'", 'function'],
    ['tried', "option 'onCancel'", 'function'],
    ['pasted', 'sql.raw', 'pasted'],
  ])('%s: %s', (name, what, why) => {
    const found = unwritten.find((left) => left.step === name && left.what === what);
    expect(found?.why).toContain(why);
    expect(yaml).toContain(found?.why);
  });

  test('and nothing else is', () => {
    expect(unwritten).toHaveLength(13);
    expect(yaml).toMatch(/- step: tried\n +sql: from one\n/);
  });
});

test('a schema that says nothing of itself is named', () => {
  const params = {
    '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }) },
  } as const;
  const pipeline = definePipeline({
    name: 'p',
    params: params as never,
    processes: { all: [step('a', sql`select 1`)] },
  });
  expect(pipelineToYaml(pipeline, { registry }).unwritten).toMatchObject([{ what: 'params' }]);
});

test('statements are written without the indentation of the program', () => {
  const one = step(
    'one',
    sql`
    select 1 as n,
      2 as m
    from range(3)`,
  );
  const { yaml } = pipelineToYaml(definePipeline({ name: 'p', processes: { all: [one] } }), { registry });
  expect(yaml).toBe(
    'name: p\nprocesses:\n  all:\n    - step: one\n      sql: |-\n        select 1 as n,\n          2 as m\n        from range(3)\n',
  );
});

test('keys that are refused when they are read are named, others are quoted', async () => {
  const make = (name: string, columns: Record<string, 'VARCHAR'>) =>
    definePipeline({
      name: 'p',
      params: z.object({ [name]: z.string() }),
      processes: { [name]: [source('read', fromCsv({ path: 'a.csv', columns }))] },
    });
  const refused = make('constructor', JSON.parse('{"__proto__":"VARCHAR"}') as Record<string, 'VARCHAR'>);
  expect(pipelineToYaml(refused, { registry }).unwritten).toMatchObject([
    { what: "param 'constructor'" },
    { what: "the name of the process 'constructor'" },
    { step: 'read', what: 'the step' },
  ]);
  const quoted = make('p', { '<<': 'VARCHAR', constructed: 'VARCHAR' });
  const { yaml, unwritten } = pipelineToYaml(quoted, { registry });
  expect(unwritten).toEqual([]);
  await expectSame(quoted, await pipelineFromYaml(yaml, { registry }), { p: 'x' });
});
