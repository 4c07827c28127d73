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
  type PipelineParams,
  type PipelineSteps,
  type Sql,
  type Step,
  type StepContext,
  type TableView,
} from '@cairn/core';
import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { fromNothing, toNothing } from './connectors.ts';

const flights = source('flights', fromNothing({ path: 'data/flights.csv' }));
const airports = source('airports', fromNothing({ path: 'data/airports.csv' }));
const rows = (): object[] => [{ a: 1 }];

test('the example of the design compiles and infers', () => {
  const delayed = step(
    'delayed',
    sql`
    select f.*, a.state from ${flights} f join ${airports} a on a.iata = f.origin
    where f.delay >= ${param('minDelay')}`,
  );
  const scored = step(
    'scored',
    { delayed, minDelay: param('minDelay') },
    async ({ delayed: table, minDelay }, ctx) => {
      expectTypeOf(table).toEqualTypeOf<TableView>();
      expectTypeOf(minDelay).toEqualTypeOf<unknown>();
      expectTypeOf(ctx).toEqualTypeOf<StepContext>();
      return table.arrow();
    },
    { version: '1' },
  );
  const byOrigin = step(
    'by_origin',
    sql`select origin, count(*) n from ${scored} group by origin order by n desc`,
  );
  const save = sink('save', byOrigin, toNothing({ path: 'out/by-origin.csv' }));
  const pipeline = definePipeline({
    name: 'flights',
    params: z.object({ minDelay: z.number().int().default(15) }),
    processes: { ingest: [flights, airports], report: [delayed, scored, byOrigin, save] },
  });

  expectTypeOf<PipelineSteps<typeof pipeline>>().toEqualTypeOf<
    'flights' | 'airports' | 'delayed' | 'scored' | 'by_origin'
  >();
  expectTypeOf<PipelineParams<typeof pipeline>>().toEqualTypeOf<{ minDelay?: number | undefined }>();
  expectTypeOf(pipeline).toExtend<Pipeline>();
  const table = (name: PipelineSteps<typeof pipeline>): string => name;
  table('by_origin');
  // @ts-expect-error a misspelt step
  table('by_orgin');
  // @ts-expect-error a sink has no table
  table('save');
  expect(pipeline.name).toBe('flights');
});

test('sql collects the names of the params in it, nested fragments too', () => {
  const where = sql`a > ${param('a')} and b = ${sql.id('b')}`;
  expectTypeOf(where).toEqualTypeOf<Sql<'a'>>();
  expectTypeOf(sql`select ${param('b')} from ${flights} where ${where}`).toEqualTypeOf<Sql<'a' | 'b'>>();
  expectTypeOf(sql`select 1`).toEqualTypeOf<Sql<never>>();
  expectTypeOf(sql.join([where, sql`c`, param('c')], sql` and `)).toEqualTypeOf<Sql<'a' | 'c'>>();
  expectTypeOf(step('x', sql`select ${where}`).params).toEqualTypeOf<readonly 'a'[]>();
  expectTypeOf(param('a').name).toEqualTypeOf<'a'>();

  const write = effect('write', {}, rows);
  // @ts-expect-error an effect has no table
  expect(() => sql`select * from ${write}`).toThrow();
  // @ts-expect-error a sink has no table
  expect(() => sql`select * from ${sink('s', flights, toNothing({}))}`).toThrow();
  // @ts-expect-error a secret is no value of SQL
  expect(() => sql`select ${secret('A')}`).toThrow();
  // @ts-expect-error undefined is no value of SQL
  expect(() => sql`select ${undefined}`).toThrow();
  // @ts-expect-error a list is no value of SQL
  expect(() => sql`select ${[1, 2]}`).toThrow();
});

test('a param that the schema lacks is refused, wherever it is used', () => {
  const params = z.object({ a: z.string(), b: z.number().optional() });
  const inSql = step('in_sql', sql`select ${param('a')}, ${param('b')}, ${param('nope')}`);
  const inInputs = step('in_inputs', { x: param('nope'), a: param('a') }, rows, { version: '1' });
  const inSource = source('in_source', fromNothing({ list: [{ deep: param('nope') }], a: param('a'), n: 1 }));
  const inSink = sink('in_sink', flights, toNothing({ path: param('nope') }));
  const inEffect = effect('in_effect', { flights, x: param('nope') }, rows);
  const good = step('good', sql`select ${param('a')}, ${param('b')}`);

  definePipeline({ name: 'p', params, processes: { p: [good] } });
  // @ts-expect-error nope
  definePipeline({ name: 'p', params, processes: { p: [inSql] } });
  // @ts-expect-error nope
  definePipeline({ name: 'p', params, processes: { p: [inInputs] } });
  // @ts-expect-error nope
  definePipeline({ name: 'p', params, processes: { p: [inSource] } });
  // @ts-expect-error nope
  definePipeline({ name: 'p', params, processes: { p: [flights, inSink] } });
  // @ts-expect-error nope
  definePipeline({ name: 'p', params, processes: { p: { steps: [inEffect] } } });
  // @ts-expect-error there is no schema
  definePipeline({ name: 'p', processes: { p: [good] } });
  // @ts-expect-error nope, in the second process
  definePipeline({ name: 'p', params, processes: { p: [good], q: [inSql] } });

  expectTypeOf(inSource.params).toEqualTypeOf<readonly ('nope' | 'a')[]>();
  expectTypeOf(inSink.params).toEqualTypeOf<readonly 'nope'[]>();
  expectTypeOf(inInputs.params).toEqualTypeOf<readonly ('nope' | 'a')[]>();
  expectTypeOf(flights.params).toEqualTypeOf<readonly never[]>();
});

test('the types of params come through', () => {
  const pipeline = definePipeline({
    name: 'p',
    params: z.object({ from: z.string().transform((text) => new Date(text)), n: z.number() }),
    processes: { p: [flights] },
  });
  expectTypeOf(pipeline).toEqualTypeOf<
    Pipeline<'flights', { from: string; n: number }, { from: Date; n: number }, 'flights' | 'p'>
  >();
  step(
    't',
    { n: param<number>('n'), m: param<'m', string>('m'), key: secret('KEY'), flights },
    ({ n, m, key, flights: view }) => {
      expectTypeOf(n).toEqualTypeOf<number>();
      expectTypeOf(m).toEqualTypeOf<string>();
      expectTypeOf(key).toEqualTypeOf<string>();
      expectTypeOf(view).toEqualTypeOf<TableView>();
      return [{ n, m }];
    },
    { version: '1' },
  );
  const untyped = step('untyped', sql`select ${param<number>('n')}`);
  definePipeline({ name: 'p', params: z.object({ n: z.number() }), processes: { p: [untyped] } });
  expectTypeOf(param<'m', string>('m').name).toEqualTypeOf<'m'>();
});

test('compile takes what the schema takes', async () => {
  const pipeline = definePipeline({
    name: 'p',
    params: z.object({ n: z.number() }),
    processes: { p: [flights] },
  });
  await compile(pipeline, { n: 1 });
  // @ts-expect-error n is a number
  await expect(compile(pipeline, { n: 'x' })).rejects.toThrow();
  // @ts-expect-error there is no m
  await compile(pipeline, { n: 1, m: 2 });
  const none = definePipeline({ name: 'p', processes: { p: [flights] } });
  await compile(none);
  // @ts-expect-error it takes no params
  await expect(compile(none, { n: 1 })).rejects.toThrow();
});

test('a transform states its version, and returns a table', () => {
  step('t', { flights }, rows, { version: '1' });
  step('t', { flights }, rows, { volatile: true });
  step('t', { flights }, ({ flights: view }) => view.arrow(), { version: '1', volatile: false });
  step('t', { flights }, () => new Uint8Array(), { version: '1' });
  step('t', { flights }, () => sql`select 1`, { version: '1' });
  // @ts-expect-error neither version nor volatile
  expect(() => step('t', { flights }, rows, {})).toThrow();
  // @ts-expect-error no options
  expect(() => step('t', { flights }, rows)).toThrow();
  // @ts-expect-error volatile: false is no version
  expect(() => step('t', { flights }, rows, { volatile: false })).toThrow();
  // @ts-expect-error a number is no table
  step('t', { flights }, () => 1, { version: '1' });
  // @ts-expect-error a plain value is no input
  expect(() => step('t', { flights, n: 1 }, rows, { version: '1' })).toThrow();
  // @ts-expect-error an unknown input
  step('t', { flights }, ({ fligths }) => fligths, { version: '1' });
  effect('e', { flights }, () => undefined);
});

test('options that do not exist, or not for that kind, are refused', () => {
  // @ts-expect-error an option that does not exist
  expect(() => step('x', sql`select 1`, { timeout: 5 })).toThrow();
  // @ts-expect-error a scope that does not exist
  expect(() => step('x', sql`select 1`, { checkpoint: 'forever' })).toThrow();
  // @ts-expect-error reuse is for effects
  expect(() => source('x', fromNothing({}), { reuse: true })).toThrow();
  // @ts-expect-error `after` takes handles
  expect(() => step('x', sql`select 1`, { after: ['flights'] })).toThrow();
  // @ts-expect-error a sink cannot be an input
  expect(() => fanIn('x', [sink('s', flights, toNothing({}))])).toThrow();
  expectTypeOf(fanIn('x', [flights, airports]).name).toEqualTypeOf<'x'>();
});

test('steps whose names are not known to the type give any name', () => {
  const many: Step[] = [flights];
  const pipeline = definePipeline({ name: 'p', processes: { p: many } });
  expectTypeOf<PipelineSteps<typeof pipeline>>().toEqualTypeOf<string>();
  expectTypeOf<PipelineSteps<Pipeline>>().toEqualTypeOf<string>();
  expectTypeOf<PipelineParams<Pipeline>>().toEqualTypeOf<unknown>();
});
