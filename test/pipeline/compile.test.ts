import {
  compile,
  definePipeline,
  effect,
  fanIn,
  param,
  secret,
  sink,
  source,
  sql,
  step,
  type Pipeline,
  type Plan,
  type PlannedStep,
  type Step,
} from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fromNothing, toNothing } from './connectors.ts';
import { refused } from './rejects.ts';

const a = source('a', fromNothing({}));
const b = source('b', fromNothing({}));

const pipe = (processes: Record<string, readonly Step[]>): Pipeline =>
  definePipeline({ name: 'p', processes });
const named = (plan: Plan, name: string): PlannedStep => {
  const found = plan.steps.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no step ${name}`);
  return found;
};
const order = async (pipeline: Pipeline): Promise<string[]> =>
  (await compile(pipeline)).steps.map(({ name }) => name);

describe('a plan', () => {
  test('holds every kind of step, params filled in, and is deeply frozen', async () => {
    const query = step(
      'query',
      sql`select * from ${a} where x >= ${param('min')} and y = ${'z'} and ${sql.raw('true')}`,
      {
        description: 'what it is',
        tags: ['one', 'two'],
        checkpoint: 'run',
        volatile: false,
      },
    );
    const read = source(
      'read',
      fromNothing({ limit: param('min'), key: secret('KEY'), list: [{ deep: param('min') }] }),
    );
    const run = (): object[] => [];
    const made = step('made', { query, min: param('min'), key: secret('KEY') }, run, { version: '3' });
    const all = fanIn('all', [made, b]);
    const out = sink('out', all, toNothing({ path: param('path') }), { after: [read] });
    const told = effect('told', { all }, () => null, { reuse: true });
    const pipeline = definePipeline({
      name: 'p',
      params: z.object({ min: z.number().default(5), path: z.string() }),
      processes: {
        first: [a, b, read],
        second: { steps: [query, made, all, out, told], description: 'the second' },
      },
    });
    const plan = await compile(pipeline, { path: 'x.csv' });

    expect(plan.params).toEqual({ min: 5, path: 'x.csv' });
    expect(plan.processes).toEqual([
      { name: 'first', steps: ['a', 'b', 'read'], after: [], description: undefined },
      {
        name: 'second',
        steps: ['query', 'made', 'all', 'out', 'told'],
        after: [],
        description: 'the second',
      },
    ]);
    expect(plan.steps.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'a source',
      'b source',
      'read source',
      'query sql',
      'made transform',
      'all fanIn',
      'out sink',
      'told effect',
    ]);
    expect(named(plan, 'query')).toEqual({
      kind: 'sql',
      name: 'query',
      process: 'second',
      inputs: ['a'],
      after: [],
      description: 'what it is',
      tags: ['one', 'two'],
      checks: [],
      checkpoint: 'run',
      volatile: false,
      retry: undefined,
      timeoutMs: undefined,
      circuitBreaker: undefined,
      rollback: undefined,
      onCancel: undefined,
      timezone: 'UTC',
      params: { min: 5 },
      chunks: [
        { kind: 'text', text: 'select * from ' },
        { kind: 'table', step: 'a' },
        { kind: 'text', text: ' where x >= ' },
        { kind: 'param', name: 'min', value: 5 },
        { kind: 'text', text: ' and y = ' },
        { kind: 'value', value: 'z' },
        { kind: 'text', text: ' and true' },
      ],
      tokens: expect.arrayContaining([
        { kind: 'keyword', text: 'select' },
        { kind: 'table', text: 'a' },
        { kind: 'param', text: '$min' },
        { kind: 'value', text: '"z"' },
      ]) as unknown,
      functions: [],
      raw: true,
    });
    expect(named(plan, 'read')).toMatchObject({
      params: { min: 5 },
      connector: { type: 'nothing', options: { limit: 5, key: secret('KEY'), list: [{ deep: 5 }] } },
    });
    expect(named(plan, 'made')).toMatchObject({
      inputs: ['query'],
      version: '3',
      run,
      params: { min: 5 },
      arguments: {
        query: { kind: 'step', step: 'query' },
        min: { kind: 'param', value: 5 },
        key: { kind: 'secret', secret: { name: 'KEY' } },
      },
    });
    expect(named(plan, 'all')).toMatchObject({ inputs: ['made', 'b'] });
    expect(named(plan, 'out')).toMatchObject({
      inputs: ['all'],
      after: ['read'],
      connector: { location: { path: 'x.csv' } },
    });
    expect(named(plan, 'told')).toMatchObject({ reuse: true, version: undefined, checkpoint: 'cache' });
    for (const value of [plan, pipeline, a, query, made, out]) expectFrozen(value);
  });

  test('is not changed by what its author does to dates, bytes and lists later', async () => {
    const date = new Date(0);
    const bytes = Uint8Array.of(1);
    const list = [a];
    const options = { inner: { n: 1 } };
    const query = step('query', sql`select ${date}, ${bytes}, ${param('at')}`);
    const read = source('read', fromNothing(options));
    const all = fanIn('all', list);
    const schema = z.object({ at: z.date(), raw: z.instanceof(Uint8Array) });
    const pipeline = definePipeline({ name: 'p', params: schema, processes: { p: [a, query, read, all] } });
    const given = { at: new Date(1), raw: Uint8Array.of(1) };
    const plan = await compile(pipeline, given);
    date.setTime(9);
    given.at.setTime(9);
    bytes[0] = 9;
    given.raw[0] = 9;
    list.push(b as never);
    options.inner.n = 9;
    const again = await compile(pipeline, { at: new Date(1), raw: Uint8Array.of(1) });
    expect(plan.params).toEqual({ at: new Date(1), raw: Uint8Array.of(1) });
    expect(again).toEqual({ ...plan, steps: again.steps });
    const chunks = [new Date(0), Uint8Array.of(1), new Date(1)];
    for (const one of [plan, again]) {
      const sqlStep = named(one, 'query');
      const values = sqlStep.kind === 'sql' ? sqlStep.chunks.filter((chunk) => 'value' in chunk) : [];
      expect(values.map((chunk) => 'value' in chunk && chunk.value)).toEqual(chunks);
      expect(named(one, 'read')).toMatchObject({ connector: { options: { inner: { n: 1 } } } });
      expect(named(one, 'all').inputs).toEqual(['a']);
    }
  });

  test('has tokens that comments, white space and reserved words in capitals do not change, and other edits do', async () => {
    const tokens = async (query: ReturnType<typeof sql.raw>): Promise<unknown> => {
      const planned = named(await compile(pipe({ p: [a, b, step('q', query)] })), 'q');
      return planned.kind === 'sql' ? planned.tokens : undefined;
    };
    const base = await tokens(sql`select x, ${1} from ${a}`);
    expect(await tokens(sql`SELECT /* why */ x,\n  ${1} FROM ${a} -- that\n;`)).toEqual(base);
    expect(await tokens(sql`select x, ${sql`${1} from`} ${a}`)).toEqual(base);
    const edits = [
      sql`select X, ${1} from ${a}`,
      sql`select x, ${2} from ${a}`,
      sql`select x, ${'1'} from ${a}`,
      sql`select x, ${1n} from ${a}`,
      sql`select x, 1 from ${a}`,
      sql`select x, ${1} from ${b}`,
      sql`select "x", ${1} from ${a}`,
      sql`select x, ${true} from ${a}`,
      sql`select x, ${null} from ${a}`,
      sql`select x, ${1.5} from ${a}`,
      sql`select x, ${Number.NaN} from ${a}`,
      sql`select x, ${new Date(1)} from ${a}`,
      sql`select x, ${Uint8Array.of(1)} from ${a}`,
    ];
    const seen = await Promise.all([base, ...edits.map(tokens)]);
    expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(edits.length + 1);
    expect(await tokens(sql`select ${sql.id('x')}, ${1} from ${a}`)).toEqual(
      await tokens(sql`select "x", ${1} from ${a}`),
    );
  });
});

describe('the order', () => {
  test('is the listing order where nothing else decides', async () => {
    expect(
      await order(pipe({ one: [b, a], two: [step('z', sql`from ${a}`), step('c', sql`select 1`)] })),
    ).toEqual(['b', 'a', 'z', 'c']);
    const late = step('late', sql`from ${a}`);
    expect(await order(pipe({ two: [late, step('c', sql`select 1`)], one: [b, a] }))).toEqual([
      'c',
      'b',
      'a',
      'late',
    ]);
  });

  test('follows `after` of steps and of processes', async () => {
    const c = step('c', sql`from ${a}`);
    const d = step('d', sql`select 1`);
    const e = step('e', sql`from ${d}`, { after: [b] });
    const pipeline = definePipeline({
      name: 'p',
      processes: { last: { steps: [d, e], after: ['first'] }, first: [b, a, c] },
    });
    const plan = await compile(pipeline);
    expect(plan.steps.map(({ name }) => name)).toEqual(['b', 'a', 'c', 'd', 'e']);
    // `a` is done whenever `c` is, so that the last steps of the process say it all.
    expect(named(plan, 'd').after).toEqual(['b', 'c']);
    expect(named(plan, 'e').after).toEqual(['b', 'c']);
    expect(plan.processes[0]?.after).toEqual(['first']);
  });

  test('takes ten thousand steps, as a chain and as two wide processes', async () => {
    const chain: Step[] = [a];
    let last: Parameters<typeof sink>[1] = a;
    for (let index = 0; index < 10_000; index += 1) {
      last = step(`s${index}`, sql`select x + ${index} as x from ${last} where x > ${'a'} -- note`);
      chain.push(last);
    }
    const wide = (from: string): Step[] =>
      Array.from({ length: 5000 }, (_, index) => step(`${from}${index}`, sql`select ${index}`));
    const pipelines = [
      pipe({ p: chain.toReversed() }),
      definePipeline({ name: 'p', processes: { y: { steps: wide('y'), after: ['x'] }, x: wide('x') } }),
    ];
    for (const pipeline of pipelines) {
      const plan = await compile(pipeline);
      expect(plan.steps.length).toBeGreaterThanOrEqual(10_000);
    }
  });
});

describe('refused are', () => {
  test.each(['', '.', '..', '.a', '-a', 'a b', 'a/b', 'ä', 'a'.repeat(129), 'a\n', 1, null, undefined])(
    'the name %j',
    async (name) => {
      const bad = name as string;
      await refused(() => compile(pipe({ p: [source(bad, fromNothing({}))] })), 'invalid_name', 'step');
      await refused(
        () => compile(definePipeline({ name: bad, processes: { p: [a] } })),
        'invalid_name',
        'pipeline',
      );
      if (typeof name === 'string')
        await refused(() => compile(pipe({ [name]: [a] })), 'invalid_name', 'process');
    },
  );

  test('names that are not unique without regard to case, across steps and processes', async () => {
    const other = source('A', fromNothing({}));
    await refused(
      () => compile(pipe({ p: [a, other] })),
      'duplicate_stage',
      "'A'",
      "step 'a' in process 'p'",
    );
    await refused(() => compile(pipe({ p: [a], q: [a] })), 'duplicate_stage', "process 'p'", "process 'q'");
    await refused(() => compile(pipe({ p: [a, a] })), 'duplicate_stage', "'a'");
    await refused(() => compile(pipe({ A: [a] })), 'duplicate_stage', "process 'A'", "step 'a'");
    await refused(() => compile(pipe({ p: [a], P: [b] })), 'duplicate_stage', "process 'p'", "process 'P'");
    await compile(
      pipe({ p: [source('a.b-c_9', fromNothing({})), source('x'.repeat(128), fromNothing({}))] }),
    );
  });

  test('references to steps that no process lists', async () => {
    const query = step('query', sql`from ${a}`);
    await refused(() => compile(pipe({ p: [query] })), 'unknown_step', "'query'", "'a'", "'p'");
    const namesake = source('a', fromNothing({}));
    await refused(() => compile(pipe({ p: [namesake, query] })), 'unknown_step', "'a'");
    await refused(
      () => compile(pipe({ p: [step('x', sql`select 1`, { after: [b] })] })),
      'unknown_step',
      "'b'",
    );
    await refused(() => compile(pipe({ p: [sink('s', a, toNothing({}))] })), 'unknown_step', "'a'");
    await refused(() => compile(pipe({ p: [fanIn('f', [a])] })), 'unknown_step', "'a'");
    await refused(() => compile(pipe({ p: [effect('f', { a }, () => 1)] })), 'unknown_step', "'a'");
    const lost = definePipeline({ name: 'p', processes: { one: [a], two: { steps: [b], after: ['on'] } } });
    await refused(() => compile(lost), 'invalid_pipeline', "'two'", "'on'", "'one'");
  });

  test('cycles, which are printed', async () => {
    const circle = definePipeline({
      name: 'p',
      processes: {
        x: { steps: [a], after: ['z'] },
        y: { steps: [b], after: ['x'] },
        z: { steps: [step('c', sql`select 1`)], after: ['y'] },
      },
    });
    const error = await refused(() => compile(circle), 'cyclic_pipeline', "'p'");
    const cycle = error.details['cycle'] as string[];
    expect(error.message).toContain(cycle.join(' -> '));
    expect(cycle[0]).toBe(cycle.at(-1));
    expect('x -> y -> z -> x -> y -> z').toContain(cycle.join(' -> '));
    expect(cycle).toHaveLength(4);

    const self = definePipeline({ name: 'p', processes: { x: { steps: [a], after: ['x'] } } });
    await refused(() => compile(self), 'cyclic_pipeline', 'start: x -> x');

    const early = step('early', sql`from ${b}`);
    const through = definePipeline({ name: 'p', processes: { x: [early], y: { steps: [b], after: ['x'] } } });
    const mixed = (await refused(() => compile(through), 'cyclic_pipeline')).details['cycle'] as string[];
    expect('early -> x -> y -> b -> early -> x -> y -> b').toContain(mixed.join(' -> '));
    expect(mixed).toHaveLength(5);

    // Handles are frozen, so that only a forged one can go round by itself.
    const forged = { ...step('one', sql`select 1`), options: { after: [] as Step[] } };
    const two = step('two', sql`select 1`, { after: [forged] });
    forged.options.after.push(two);
    const [first, ...rest] =
      (await refused(() => compile(pipe({ p: [forged, two] })), 'cyclic_pipeline')).message
        .split(': ')
        .at(-1)
        ?.split(' -> ') ?? [];
    expect([first, ...rest].join()).toMatch(/^(one,two,one|two,one,two)$/);
  });

  test('pipelines without steps, processes without steps, and what is no pipeline', async () => {
    await refused(() => compile(pipe({})), 'invalid_pipeline', "'p'", 'no steps');
    await refused(() => compile(pipe({ x: [a], y: [] })), 'invalid_pipeline', "'y'");
    await refused(() => compile(pipe({ x: [a, {} as Step] })), 'invalid_pipeline', "'x'");
    await refused(
      () => compile(pipe({ x: [a, null as unknown as Step] })),
      'invalid_pipeline',
      "'x'",
      'null',
    );
    await refused(() => compile({} as Pipeline), 'invalid_argument', 'definePipeline');
  });

  test('params that have no value', async () => {
    const params = z.object({ minDelay: z.number().optional() });
    const loose = (one: Step): Pipeline => definePipeline({ name: 'p', params, processes: { p: [one] } });
    const uses = [
      step('s', sql`select ${param('mindelay')}`),
      step('s', { x: param('mindelay') }, () => [], { version: '1' }),
      effect('s', { x: param('mindelay') }, () => []),
      source('s', fromNothing({ x: [param('mindelay')] })),
      source('s', fromNothing({}, { path: param('mindelay') })),
    ];
    for (const one of uses) {
      await refused(
        () => compile(loose(one), { minDelay: 1 }),
        'unknown_param',
        "'s'",
        "'p'",
        "'mindelay'",
        "did you mean 'minDelay'?",
      );
    }
    const left = definePipeline({
      name: 'p',
      params,
      processes: { p: [step('s', sql`select ${param('minDelay')}`)] },
    });
    await refused(() => compile(left), 'unknown_param', "'minDelay'", 'default');
    await compile(left, { minDelay: 1 });
  });

  test('params in SQL that are no single value', async () => {
    const of = (schema: z.ZodType): Pipeline =>
      definePipeline({
        name: 'p',
        params: z.object({ x: schema }),
        processes: { p: [step('s', sql`select ${param('x')}`)] },
      });
    await refused(
      () => compile(of(z.array(z.number())), { x: [1] }),
      'invalid_sql_value',
      "'x'",
      "'s'",
      "'p'",
    );
    await refused(() => compile(of(z.object({})), { x: {} }), 'invalid_sql_value', "'x'");
    await compile(of(z.date()), { x: new Date(0) });
    await compile(of(z.null()), { x: null });
  });

  test('connector options that no fingerprint could hold', async () => {
    const bad = source('s', fromNothing({ deep: [{ run: () => 1 }] }));
    await refused(
      () => compile(pipe({ p: [bad] })),
      'invalid_argument',
      "'s'",
      "'p'",
      'deep[0].run',
      "'nothing'",
    );
    const where = sink('s', a, toNothing({ path: Number.NaN }));
    await refused(() => compile(pipe({ p: [a, where] })), 'invalid_argument', 'path');
  });

  test('sql.file, which is for connectors', async () => {
    await refused(
      () => compile(pipe({ p: [step('s', sql`from ${sql.file('x')}`)] })),
      'invalid_sql',
      "'s'",
      'sql.file',
    );
  });
});

function expectFrozen(value: unknown, path = 'it', seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (ArrayBuffer.isView(value) || value instanceof Date || path.endsWith('.params.~standard')) return;
  const isSchema = '~standard' in value;
  if (isSchema) return;
  expect(Object.isFrozen(value), path).toBe(true);
  for (const [key, inner] of Object.entries(value)) expectFrozen(inner, `${path}.${key}`, seen);
}
