import { compile, definePipeline, source, type Pipeline } from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { canonicalJson } from '../../packages/core/dist/pipeline/canonical.js';
import { canonicalParams } from '../../packages/core/dist/pipeline/params.js';
import { secret } from '../../packages/core/dist/pipeline/secret.js';
import { fromNothing } from './connectors.ts';
import { refused } from './rejects.ts';

const steps = [source('a', fromNothing({}))];
const any: Pipeline = definePipeline({ name: 'p', params: z.any(), processes: { x: steps } });
const none: Pipeline = definePipeline({ name: 'p', processes: { x: steps } });

describe('a schema', () => {
  test('has its defaults filled in, also when nothing is given', async () => {
    const params = z.object({ minDelay: z.number().int().default(15) });
    const pipeline = definePipeline({ name: 'p', params, processes: { x: steps } });
    expect((await compile(pipeline)).params).toEqual({ minDelay: 15 });
    expect((await compile(pipeline, { minDelay: 3 })).params).toEqual({ minDelay: 3 });
  });

  test('has all its issues listed with their paths', async () => {
    const params = z.object({ a: z.number(), b: z.object({ list: z.array(z.string()) }) });
    const pipeline = definePipeline({ name: 'flights', params, processes: { x: steps } });
    const error = await refused(
      () => compile(pipeline, { a: 'x', b: { list: ['y', 1] } } as never),
      'invalid_params',
      "'flights'",
      'a: ',
      'b.list[1]: ',
    );
    expect((error.details['issues'] as { path: string }[]).map(({ path }) => path)).toEqual([
      'a',
      'b.list[1]',
    ]);
  });

  test('may be of any vendor, and asynchronous', async () => {
    const params = {
      '~standard': {
        version: 1 as const,
        vendor: 'own',
        validate: async (value: unknown) => {
          await Promise.resolve();
          return (value as { ok?: boolean }).ok === true
            ? { value: { ok: true } }
            : { issues: [{ message: 'must be ok', path: [{ key: 'ok' }] }, { message: 'and more' }] };
        },
      },
    };
    const pipeline = definePipeline({ name: 'p', params, processes: { x: steps } });
    expect((await compile(pipeline, { ok: true } as never)).params).toEqual({ ok: true });
    await refused(() => compile(pipeline, {}), 'invalid_params', 'ok: must be ok', 'and more');
  });

  test('that throws, or makes no object, is invalid_params', async () => {
    const cause = new Error('boom');
    const throws = z.any().transform(() => {
      throw cause;
    });
    const error = await refused(
      () => compile(definePipeline({ name: 'p', params: throws, processes: { x: steps } })),
      'invalid_params',
      'boom',
    );
    expect(error.cause).toBe(cause);
    for (const value of [1, 'x', null, [1], new Date(0), new Map()]) {
      const makes = z.any().transform(() => value);
      await refused(
        () => compile(definePipeline({ name: 'p', params: makes, processes: { x: steps } })),
        'invalid_params',
      );
    }
  });
});

test('a pipeline without a schema takes no params', async () => {
  await compile(none);
  await compile(none, {});
  await compile(none, { x: undefined });
  await refused(() => compile(none, { x: 1, y: 2 }), 'invalid_params', 'x: ', 'y: ');
  await refused(() => compile(none, 'x'), 'invalid_params');
});

class Point {
  readonly x = 1;
}
const loop: Record<string, unknown> = {};
Object.assign(loop, { left: [loop], right: { loop } });
let deep: unknown = 1;
for (let index = 0; index < 10_000; index += 1) deep = [deep];

describe('plain data', () => {
  test.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a class instance', new Point()],
    ['a Map', new Map()],
    ['a RegExp', /x/],
    ['an invalid Date', new Date(Number.NaN)],
    ['half a surrogate pair', '\ud800'],
    ['a key with half a surrogate pair', { '\udc00': 1 }],
    ['a symbol key', { [Symbol('s')]: 1 }],
    ['undefined in a list', [1, undefined]],
    ['a hole in a list', Array(2)],
    ['a cycle', loop],
    ['a deep list', deep],
    ['a secret', secret('A')],
    ['another typed array', new Float64Array(1)],
  ])('is not %s', async (_what, value) => {
    await refused(() => compile(any, { ok: 1, at: { in: value } }), 'invalid_params', 'at.in');
  });

  test('is copied and frozen, undefined dropped', async () => {
    const given = {
      text: 'é😀',
      list: [1, [2.5], { n: null }],
      big: 2n ** 70n,
      date: new Date(5),
      bytes: Buffer.from([1, 2]),
      none: undefined,
      zero: -0,
      bare: Object.assign(Object.create(null) as object, { x: true }),
      ['__proto__']: 'own',
    };
    const { params } = await compile(any, given);
    expect(params).toEqual({
      text: 'é😀',
      list: [1, [2.5], { n: null }],
      big: 2n ** 70n,
      date: new Date(5),
      bytes: Uint8Array.of(1, 2),
      zero: 0,
      bare: { x: true },
      ['__proto__']: 'own',
    });
    expect(Object.keys(params)).not.toContain('none');
    expect(Object.isFrozen(params['list']) && Object.isFrozen(params['bare'])).toBe(true);
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
  });

  test('that occurs twice is no cycle', async () => {
    const shared = { n: 1 };
    expect((await compile(any, { a: shared, b: [shared, shared] })).params).toEqual({
      a: { n: 1 },
      b: [{ n: 1 }, { n: 1 }],
    });
  });
});

test('canonical forms of different values differ, and of equal ones are equal', () => {
  const values: unknown[] = [
    null,
    true,
    false,
    0,
    1,
    1.5,
    '',
    '1',
    'true',
    'null',
    1n,
    -1n,
    0n,
    new Date(0),
    new Date(1),
    new Uint8Array(),
    Uint8Array.of(0),
    Uint8Array.of(0, 0),
    [],
    [[]],
    {},
    { a: 1 },
    { a: '1' },
    [1, 2],
    [2, 1],
    '1970-01-01T00:00:00.000Z',
    Number.NaN,
    { $date: '1970-01-01T00:00:00.000Z' },
    { $$date: '1970-01-01T00:00:00.000Z' },
    { $bigint: '1' },
    { $bytes: '00' },
    { $secret: true },
    { $number: 'NaN' },
    { $: 1 },
    { $$: 1 },
    { a: { $bigint: '1' } },
    { a: 1n },
    secret('A'),
    Number.NEGATIVE_INFINITY,
  ];
  const forms = values.map((value) => canonicalJson(canonicalParams(value)));
  expect(new Set(forms).size).toBe(values.length);
  const form = (value: unknown): string => canonicalJson(canonicalParams(value));
  expect(form({ b: 1, a: [2n] })).toBe(form({ a: [2n], b: 1, c: undefined }));
  expect(form(-0)).toBe(form(0));
  expect(form(1e21)).toBe('1e+21');
  expect(form(secret('A'))).toBe(form(secret('B')));
});

test('canonical JSON is that of RFC 8785', () => {
  // The example of the RFC's part 3.2.2, as 3.2.4 gives it.
  const value = {
    numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
  expect(canonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 })).toBe(
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
  );
});
