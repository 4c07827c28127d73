import {
  definePipeline,
  effect,
  fanIn,
  isCairnError,
  param,
  secret,
  sink,
  source,
  sql,
  step,
} from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { fromNothing, toNothing } from './connectors.ts';
import { refused } from './rejects.ts';

const a = source('a', fromNothing({}));
const rows = (): object[] => [];
const version = { version: '1' };
const loop: Record<string, unknown> = {};
Object.assign(loop, { left: [loop], right: { loop } });

/** Calls an authoring function as plain JavaScript would. */
const loosely = (run: unknown): ((...rest: unknown[]) => unknown) => run as (...rest: unknown[]) => unknown;

describe('sql', () => {
  test('keeps text, tables, identifiers, values and params apart, and joins neighbouring text', () => {
    const part = sql`x = ${param('x')} and ${sql.raw('y ')}`;
    const whole = sql`select ${sql.id('a"b')} from ${a}, ${a} where ${part}is ${null}`;
    expect(whole.chunks).toEqual([
      { kind: 'text', text: 'select ' },
      { kind: 'identifier', name: 'a"b' },
      { kind: 'text', text: ' from ' },
      { kind: 'table', step: 'a' },
      { kind: 'text', text: ', ' },
      { kind: 'table', step: 'a' },
      { kind: 'text', text: ' where x = ' },
      { kind: 'param', name: 'x', value: undefined },
      { kind: 'text', text: ' and y is ' },
      { kind: 'value', value: null },
    ]);
    expect(whole.steps).toEqual([a]);
    expect(whole.params).toEqual(['x']);
    expect([whole.raw, part.raw, sql`select 1`.raw]).toEqual([true, true, false]);
    expect(sql.join([1, sql.id('b'), param('c')], sql` or `).chunks).toEqual([
      { kind: 'value', value: 1 },
      { kind: 'text', text: ' or ' },
      { kind: 'identifier', name: 'b' },
      { kind: 'text', text: ' or ' },
      { kind: 'param', name: 'c', value: undefined },
    ]);
    expect(sql.join([]).chunks).toEqual([]);
    expect(sql`${''}`.chunks).toEqual([{ kind: 'value', value: '' }]);
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', rows],
    ['an object', {}],
    ['an array', [1]],
    ['a symbol', Symbol('x')],
    ['a sink', sink('s', a, toNothing({}))],
    ['an effect', effect('e', {}, rows)],
    ['a secret', secret('S')],
    ['an invalid Date', new Date(Number.NaN)],
    ['half a surrogate pair', '\ud800'],
    ['a pipeline', definePipeline({ name: 'p', processes: { x: [a] } })],
    ['a boxed number', Object(1)],
    ['another typed array', new Float32Array(1)],
  ])('takes no %s', async (_what, value) => {
    await refused(
      () => sql`select ${1} as one, ${value as number} as two`,
      'invalid_sql_value',
      'placeholder 2',
      'as one',
    );
    await refused(() => sql.join([value as number]), 'invalid_sql_value');
  });

  test('takes names and text for id, raw and file', async () => {
    for (const make of [sql.id, sql.raw, sql.file]) {
      for (const value of [undefined, 1, '\ud800', 'a\0b'])
        await refused(() => loosely(make)(value), 'invalid_sql_value');
    }
    await refused(() => sql.id(''), 'invalid_sql_value', 'sql.id');
    await refused(() => loosely(sql.join)('a'), 'invalid_sql_value', 'sql.join');
    await refused(() => loosely(sql.join)([1], ', '), 'invalid_sql_value', 'separator');
  });

  test('says why', async () => {
    await refused(() => sql`from ${effect('e', {}, rows) as never}`, 'invalid_sql_value', "'e'", 'no table');
    await refused(() => sql`from ${[1] as never}`, 'invalid_sql_value', 'sql.join');
  });
});

describe('steps refuse at once', () => {
  test.each<[string, () => unknown, string[]]>([
    [
      'a misspelt option',
      () => loosely(step)('x', sql`select 1`, { desciption: 'y' }),
      ["step 'x'", "'desciption'", "did you mean 'description'?"],
    ],
    ['an option that comes later', () => loosely(step)('x', sql`select 1`, { timeout: 5 }), ["'timeout'"]],
    ['version on SQL', () => loosely(step)('x', sql`select 1`, version), ["'version'"]],
    ['reuse on a source', () => loosely(source)('x', fromNothing({}), { reuse: true }), ["'reuse'"]],
    ['reuse on a transform', () => loosely(step)('x', {}, rows, { ...version, reuse: true }), ["'reuse'"]],
    ['options that are no object', () => loosely(step)('x', sql`select 1`, 'fast'), ['fast']],
    ['a fourth argument after SQL', () => loosely(step)('x', sql`select 1`, {}, {}), ["step 'x'"]],
    [
      'a scope that does not exist',
      () => loosely(step)('x', sql`select 1`, { checkpoint: true }),
      ["'checkpoint'", "'cache'"],
    ],
    ['after that is no list', () => loosely(step)('x', sql`select 1`, { after: a }), ["'after'"]],
    ['after by name', () => loosely(step)('x', sql`select 1`, { after: ['a'] }), ["'after'"]],
    ['tags that are no words', () => loosely(step)('x', sql`select 1`, { tags: [1] }), ["'tags'"]],
    [
      'a description that is no text',
      () => loosely(step)('x', sql`select 1`, { description: 1 }),
      ["'description'"],
    ],
    [
      'volatile that is no boolean',
      () => loosely(step)('x', sql`select 1`, { volatile: 'yes' }),
      ["'volatile'"],
    ],
    [
      'a transform without a version',
      () => loosely(step)('x', {}, rows, {}),
      ["step 'x'", "'version'", 'volatile: true'],
    ],
    ['a transform without options', () => loosely(step)('x', {}, rows), ["'version'"]],
    [
      'a transform with volatile: false',
      () => loosely(step)('x', {}, rows, { volatile: false }),
      ["'version'"],
    ],
    ['an empty version', () => loosely(step)('x', {}, rows, { version: '' }), ["'version'"]],
    ['a version that is no text', () => loosely(step)('x', {}, rows, { version: 1 }), ["'version'"]],
    ['a transform without a function', () => loosely(step)('x', {}, version), ['function']],
    ['SQL as text', () => loosely(step)('x', 'select 1'), ["step 'x'", 'sql`...`']],
    ['a step for inputs', () => loosely(step)('x', a, rows, version), ["step 'x'"]],
    ['a plain input', () => loosely(step)('x', { n: 1 }, rows, version), ["'n'"]],
    ['a sink as an input', () => loosely(effect)('x', { s: sink('s', a, toNothing({})) }, rows), ["'s'"]],
    ['a source without a connector', () => loosely(source)('x'), ["source 'x'"]],
    [
      'a sink connector for a source',
      () => loosely(source)('x', toNothing({})),
      ["source 'x'", 'source connector'],
    ],
    [
      'a source connector for a sink',
      () => loosely(sink)('x', a, fromNothing({})),
      ["sink 'x'", 'sink connector'],
    ],
    [
      'a connector without options',
      () => loosely(source)('x', { ...fromNothing({}), options: 1 }),
      ['options'],
    ],
    ['a connector whose options contain themselves', () => source('x', fromNothing(loop)), ['themselves']],
    [
      'a sink without an input',
      () => loosely(sink)('x', undefined, toNothing({})),
      ["sink 'x'", 'undefined'],
    ],
    ['a fan-in of nothing', () => fanIn('x', []), ["fanIn 'x'"]],
    ['a fan-in of one step twice', () => fanIn('x', [a, a]), ["fanIn 'x'", 'twice']],
    ['a fan-in of an effect', () => loosely(fanIn)('x', [effect('e', {}, rows)]), ["fanIn 'x'"]],
    ['a param without a name', () => loosely(param)(), ['param']],
    ['a secret without a name', () => loosely(secret)(''), ['secret']],
    [
      'a key of a pipeline',
      () => loosely(definePipeline)({ name: 'p', process: {} }),
      ["'process'", "'processes'"],
    ],
    [
      'a key of a process',
      () => loosely(definePipeline)({ name: 'p', processes: { x: { step: [a] } } }),
      ["process 'x'", "'steps'"],
    ],
    ['no definition', () => loosely(definePipeline)(), ['definePipeline']],
  ])('%s', async (_what, run, words) => {
    await refused(run, 'invalid_argument', ...words);
  });

  test.each<[string, unknown]>([
    ['no processes', { name: 'p' }],
    ['a list of processes', { name: 'p', processes: [[a]] }],
    ['a process without a list', { name: 'p', processes: { x: { steps: a } } }],
    ['after that is no list', { name: 'p', processes: { x: { steps: [a], after: 'y' } } }],
    ['after that is no name', { name: 'p', processes: { x: { steps: [a], after: [a] } } }],
    ['a description that is no text', { name: 'p', processes: { x: { steps: [a], description: 1 } } }],
    ['params that are no schema', { name: 'p', params: { min: 1 }, processes: { x: [a] } }],
  ])('a pipeline with %s', async (_what, definition) => {
    await refused(() => loosely(definePipeline)(definition), 'invalid_pipeline', "'p'");
  });
});

test('explicitly undefined options are as good as none', () => {
  const it = step('x', sql`select 1`, { description: undefined, after: undefined, tags: undefined });
  expect(it.options).toEqual({});
  expect(isCairnError(new Error('x'))).toBe(false);
});
