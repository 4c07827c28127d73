import {
  compile,
  definePipeline,
  effect,
  param,
  pipelineFingerprint,
  secret,
  sink,
  source,
  sql,
  step,
  type PlainStepOptions,
  type Step,
} from '@cairn/core';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { expect, test } from 'vitest';
import { z } from 'zod';

const params = z.object({ least: z.number().default(1), unused: z.string().default('') });

interface Change {
  readonly name?: string;
  readonly path?: string;
  readonly query?: string;
  readonly options?: PlainStepOptions;
  readonly version?: string;
  readonly target?: string;
  readonly token?: string;
  readonly processes?: (steps: readonly [Step, Step, Step, Step]) => Record<string, readonly Step[]>;
  readonly description?: string;
  readonly after?: readonly string[];
}

async function fingerprintOf(change: Change = {}, given: z.input<typeof params> = {}): Promise<string> {
  const {
    name = 'p',
    path = 'in.csv',
    query = 'a > ',
    options = {},
    version = '1',
    target = 'out.csv',
  } = change;
  const read = source('read', fromCsv({ path }));
  const least = param('least');
  const picked = step('picked', sql`select * from ${read} where ${sql.raw(query)} ${least}`, options);
  const told = effect('told', { picked, token: secret(change.token ?? 'TOKEN') }, () => 1, { version });
  const save = sink('save', picked, toCsv({ path: target }));
  const processes = change.processes?.([read, picked, told, save]) ?? { a: [read, picked], b: [told, save] };
  const described = Object.fromEntries(
    Object.entries(processes).map(([process, steps]) => [
      process,
      process === 'b' ? { steps, description: change.description ?? '', after: change.after ?? [] } : steps,
    ]),
  );
  return pipelineFingerprint(await compile(definePipeline({ name, params, processes: described }), given));
}

test('SEMANTICS 5.2: a pipeline listed in another order has the same fingerprint', async () => {
  const first = await fingerprintOf({ options: { tags: ['x', 'y'] } });
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  const other = await fingerprintOf({
    options: { tags: ['y', 'x'] },
    processes: ([read, picked, told, save]) => ({ b: [save, told], a: [picked, read] }),
  });
  expect(other).toBe(first);
  expect(await fingerprintOf({ options: { tags: ['x', 'y'] } }, { least: 1, unused: '' })).toBe(first);
});

test('SEMANTICS 5.2: what comes before a step may be listed in any order', async () => {
  const [a, b] = [effect('a', {}, () => 1), effect('b', {}, () => 1)];
  const last = (after: readonly Step[]) =>
    compile(
      definePipeline({ name: 'p', processes: { main: [a, b, effect('c', {}, () => 1, { after })] } }),
    ).then(pipelineFingerprint);
  expect(await last([b, a])).toBe(await last([a, b]));
  expect(await last([a])).not.toBe(await last([a, b]));
});

test('SEMANTICS 5.2: no two pipelines have one fingerprint', async () => {
  const changes: [Change, z.input<typeof params>?][] = [
    [{}],
    [{ name: 'p2' }],
    [{}, { least: 2 }],
    [{}, { unused: 'x' }],
    [{ path: 'in2.csv' }],
    [{ query: 'a >= ' }],
    [{ query: 'b > ' }],
    [{ version: '2' }],
    [{ target: 'out2.csv' }],
    [{ options: { description: 'what it is' } }],
    [{ options: { tags: ['x', 'y'] } }],
    // Joined without separators these would be alike.
    [{ options: { tags: ['xy'] } }],
    [{ options: { description: 'xy' } }],
    [{ options: { tags: ['x'], description: 'y' } }],
    [{ options: { checkpoint: 'run' } }],
    [{ options: { volatile: true } }],
    [{ options: { retry: true } }],
    [{ options: { retry: { maxAttempts: 3, retryOn: ['sql_failed'] } } }],
    [{ options: { retry: { maxAttempts: 3, retryOn: ['engine_failed'] } } }],
    [{ options: { rollback: () => undefined } }],
    [{ options: { timezone: 'Europe/Rome' } }],
    [{ description: 'the second one' }],
    [{ after: ['a'] }],
    [{ processes: ([read, picked, told, save]) => ({ a: [read], b: [picked, told, save] }) }],
    [{ processes: ([read, picked, told, save]) => ({ a: [read, picked], c: [told, save] }) }],
  ];
  const found = await Promise.all(changes.map(([change, given]) => fingerprintOf(change, given)));
  const twice = found.flatMap((one, at) => (found.indexOf(one) < at ? [[found.indexOf(one), at]] : []));
  expect(twice).toEqual([]);
});

test('comments and white space of SQL make no other pipeline', async () => {
  expect(await fingerprintOf({ query: 'a   /* more than */ > ' })).toBe(await fingerprintOf());
});
