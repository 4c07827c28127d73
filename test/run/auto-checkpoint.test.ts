import {
  definePipeline,
  effect,
  fanIn,
  source,
  sql,
  step,
  type Pipeline,
  type RunResult,
  type StepOptions,
} from '@cairn/core';
import { describeChoice } from '@cairn/core/checkpoints';
import { notNull } from '@cairn/plugins/checks';
import { fromCsv } from '@cairn/plugins/csv';
import { expect, test } from 'vitest';
import { fakeClock } from './fake-clock.js';
import { errorOf, lastingStore, outcomes, sharedEngine, testRunner } from './fixtures.js';

const engine = sharedEngine();
const auto = { checkpoint: 'auto' } as const;
const start = (): ReturnType<typeof one> => one('start', 1);

/** A step of one row. */
function one(name: string, n: number) {
  return step(name, sql`select ${n}::integer as n`, auto);
}

/** What was chosen for each step that ran, as `name because`. */
const chosen = ({ steps }: RunResult): string[] =>
  [...steps.values()].flatMap(({ step: name, checkpoint }) =>
    checkpoint === undefined
      ? []
      : [`${name} ${checkpoint.keep ? 'kept' : 'not kept'} ${checkpoint.because}`],
  );

/** A chain of transforms that take as long as they are told to, by a clock of its own. */
function slowChain(lengths: readonly number[], version = '1', options: StepOptions = auto) {
  const clock = fakeClock();
  const runs: string[] = [];
  const steps = [start()];
  for (const [at, ms] of lengths.entries()) {
    const input = steps.at(-1) as ReturnType<typeof start>;
    const name = `step_${at}`;
    const made = step(
      name,
      { input },
      async ({ input: table }) => {
        runs.push(name);
        clock.advance(ms);
        const [row] = (await table.arrow()).toArray();
        return [{ n: Number(row?.['n']) + 1 }];
      },
      { ...options, version: at === lengths.length - 1 ? version : '1' },
    );
    steps.push(made as never);
  }
  const pipeline: Pipeline = definePipeline({ name: 'chain', processes: { main: steps } });
  return { clock, runs, pipeline };
}

test('what the plan says of a table decides first: results, shared, delivered, checked and volatile ones are kept', async () => {
  const first = start();
  const plain = step('plain', sql`select n from ${first}`, auto);
  const shared = step('shared', sql`select n from ${plain}`, auto);
  const checked = step('checked', sql`select n from ${shared}`, { ...auto, checks: [notNull('n')] });
  const chance = step('chance', sql`select n, random() as r from ${shared}`, auto);
  const aged = step('aged', sql`select n from ${chance}`, { ...auto, maxAge: 60_000 });
  const told = step(
    'told',
    { checked },
    async ({ checked: table }, { setResult }) => {
      setResult({ rows: 1 });
      return table.arrow();
    },
    { ...auto, version: '1' },
  );
  const delivered = step('delivered', sql`select t.n from ${told} t, ${aged} a`, auto);
  const end = step('end', sql`select n from ${delivered}`, auto);
  const tell = effect('tell', { delivered }, () => Promise.resolve(undefined), auto);
  const pipeline = definePipeline({
    name: 'fixed',
    processes: { main: [first, plain, shared, checked, chance, aged, told, delivered, end, tell] },
  });
  const { runner } = testRunner({ engine, clock: fakeClock() });
  const result = await runner.run(pipeline);
  expect(chosen(result)).toEqual([
    'start not kept cheap',
    'plain not kept cheap',
    'shared kept shared',
    'checked kept checked',
    'chance kept volatile',
    'aged kept max_age',
    'told kept has_result',
    'delivered kept delivered',
    'end kept result',
  ]);
  expect((await result.table('end')).numRows).toBe(1);
  const error = await errorOf(result.table('plain'), 'checkpoint_not_found');
  expect(error.message).toContain("'auto' keeps no table of it");
});

test('the rest is weighed: what takes long to make is kept, and what does not is not', async () => {
  const { clock, pipeline } = slowChain([5, 5_000, 5, 5]);
  const { runner } = testRunner({ engine, clock });
  const result = await runner.run(pipeline);
  expect(chosen(result)).toEqual([
    'start not kept cheap',
    'step_0 not kept cheap',
    'step_1 kept costly',
    'step_2 not kept cheap',
    'step_3 kept result',
  ]);
  const choice = result.steps.get('step_0')?.checkpoint;
  expect(choice).toMatchObject({ computeMs: 5, behindMs: 0, riskMs: 5, rows: 1 });
  expect(choice && describeChoice(choice)).toMatch(
    /^not kept: 5 ms to make, \d+ ms to write, \d+ ms to read$/,
  );
});

test('where a chain ends in a join it is weighed as a whole', async () => {
  const { clock, pipeline } = slowChain([20, 20, 20]);
  const { main } = pipeline.processes;
  const [last] = main?.steps.slice(-1) ?? [];
  const other = one('other', 9);
  const both = fanIn('both', [last as ReturnType<typeof one>, other], auto);
  const joined = definePipeline({
    name: 'joined',
    processes: { main: [...(main?.steps ?? []), other, both] },
  });
  const { runner } = testRunner({ engine, clock, concurrency: 1 });
  const result = await runner.run(joined);
  expect(chosen(result)).toEqual([
    'start not kept cheap',
    'step_0 not kept cheap',
    'step_1 not kept cheap',
    'step_2 kept chain',
    'other not kept cheap',
    'both kept result',
  ]);
  expect(result.steps.get('step_2')?.checkpoint).toMatchObject({ computeMs: 20, behindMs: 40 });
});

test('no more finished work is at risk than maxLostWorkMs', async () => {
  const weights = [15, 15, 15, 15, 15, 15, 15];
  const { clock, pipeline } = slowChain(weights);
  const { runner } = testRunner({ engine, clock, maxLostWorkMs: 40 });
  const kept = chosen(await runner.run(pipeline)).filter(
    (one) => one.includes(' kept ') && !one.includes('not'),
  );
  expect(kept).toEqual(['step_2 kept bound', 'step_5 kept bound', 'step_6 kept result']);

  const never = slowChain(weights);
  const { runner: careless } = testRunner({ engine, clock: never.clock, maxLostWorkMs: Infinity });
  expect(chosen(await careless.run(never.pipeline)).filter((one) => one.includes('bound'))).toEqual([]);
  const always = slowChain(weights);
  const { runner: careful } = testRunner({ engine, clock: always.clock, maxLostWorkMs: 0 });
  expect(chosen(await careful.run(always.pipeline)).filter((one) => one.includes('not kept'))).toEqual([]);
  await errorOf(
    Promise.resolve().then(() => testRunner({ engine, maxLostWorkMs: -1 })),
    'invalid_argument',
  );
});

test('what is kept nowhere is made again when, and only when, a step that runs needs it', async () => {
  const store = lastingStore();
  const { clock, runs, pipeline } = slowChain([5, 5, 5]);
  const { runner } = testRunner({ engine, store, clock });
  expect(outcomes(await runner.run(pipeline))).toEqual([
    'start complete',
    'step_0 complete',
    'step_1 complete',
    'step_2 complete',
  ]);
  const second = await runner.run(pipeline);
  expect(outcomes(second)).toEqual(['start skipped', 'step_0 skipped', 'step_1 skipped', 'step_2 reused']);
  expect(second.steps.get('step_0')?.reason).toEqual({ code: 'not_needed' });
  expect(runs).toEqual(['step_0', 'step_1', 'step_2']);

  const edited = slowChain([5, 5, 5], '2');
  const third = await runner.run(edited.pipeline);
  expect(outcomes(third)).toEqual([
    'start complete',
    'step_0 complete',
    'step_1 complete',
    'step_2 complete',
  ]);
  expect(third.steps.get('step_0')?.reason).toEqual({ code: 'needed' });
  expect(third.steps.get('step_2')?.reason).toMatchObject({ code: 'changed' });
});

test('no decision changes a fingerprint, a content hash, or whether a step that reads the table runs', async () => {
  const store = lastingStore();
  const first = slowChain([5, 5, 5, 5]);
  const { runner } = testRunner({ engine, store, clock: first.clock });
  const loose = await runner.run(first.pipeline, undefined, { correlationId: 'loose' });
  expect(chosen(loose).filter((one) => one.includes('not kept'))).toHaveLength(4);

  // The same in a task of its own that keeps all, and knows nothing of the other.
  const second = slowChain([5, 5, 5, 5]);
  const { runner: careful } = testRunner({ engine, clock: second.clock, maxLostWorkMs: 0 });
  const kept = await careful.run(second.pipeline, undefined, { correlationId: 'kept' });
  expect(chosen(kept).filter((one) => one.includes('not kept'))).toEqual([]);
  for (const [name, { fingerprint }] of loose.steps)
    expect(kept.steps.get(name)?.fingerprint, name).toBe(fingerprint);
  expect(kept.steps.get('step_3')?.contentHash).toBe(loose.steps.get('step_3')?.contentHash);

  // The decision changes within a task: an edited last step makes the ones before it again, and now they are kept.
  const third = slowChain([5, 5, 5, 5], '2');
  const { runner: changed } = testRunner({ engine, store, clock: third.clock, maxLostWorkMs: 0 });
  const again = await changed.run(third.pipeline, undefined, { correlationId: 'loose' });
  expect(chosen(again).filter((one) => one.includes('not kept'))).toEqual([]);
  // Nothing runs again for that, neither with the last step as it is now nor with what it was.
  const calm = await changed.run(third.pipeline, undefined, { correlationId: 'loose' });
  expect(outcomes(calm).filter((one) => !one.endsWith('reused'))).toEqual([]);
  const back = await changed.run(slowChain([5, 5, 5, 5]).pipeline, undefined, { correlationId: 'loose' });
  expect(outcomes(back).filter((one) => !one.endsWith('reused'))).toEqual([]);
  expect(back.steps.get('step_3')?.fingerprint).toBe(loose.steps.get('step_3')?.fingerprint);
});

test('what chance made is known by its content, so that nobody is served what was made of another', async () => {
  const clock = fakeClock();
  const first = start();
  const chance = step('chance', sql`select n, random() as r from ${first}`, auto);
  const after = step('after', sql`select r * 2 as r from ${chance}`, auto);
  const end = step('end', sql`select r from ${after}`, auto);
  const pipeline = definePipeline({ name: 'chance', processes: { main: [first, chance, after, end] } });
  const { runner } = testRunner({ engine, clock });
  const run = await runner.run(pipeline);
  expect(outcomes(run)).toEqual(['start complete', 'chance complete', 'after complete', 'end complete']);
  const again = await runner.run(pipeline);
  expect(outcomes(again)).toEqual(['start skipped', 'chance reused', 'after skipped', 'end reused']);
  const forced = await runner.run(pipeline, undefined, { force: ['chance'] });
  expect(forced.steps.get('end')?.outcome).toBe('complete');
  expect(forced.steps.get('end')?.contentHash).not.toBe(run.steps.get('end')?.contentHash);
});

test('with other scopes around it: what runs first may come out the same, and then nothing is made for nothing', async () => {
  const store = lastingStore();
  const { runner } = testRunner({ engine, store, clock: fakeClock() });
  const build = (text: string) => {
    const numbers = source('numbers', fromCsv({ bytes: new TextEncoder().encode(text) }));
    const few = step('few', sql`select n from ${numbers} where n < 3`);
    const other = one('other', 7);
    const both = step('both', sql`select f.n + o.n as n from ${few} f, ${other} o`, auto);
    const end = step('end', sql`select sum(n)::integer as n from ${both}`);
    return definePipeline({ name: 'mixed', processes: { main: [numbers, other, few, both, end] } });
  };
  const first = await runner.run(build('n\n1\n2\n8\n'), undefined, { correlationId: 'mixed' });
  expect(outcomes(first).filter((one) => !one.endsWith('complete'))).toEqual([]);
  expect((await first.table('end')).get(0)?.toJSON()).toEqual({ n: 17 });
  const same = await runner.run(build('n\n1\n2\n9\n'), undefined, { correlationId: 'mixed' });
  expect(outcomes(same)).toEqual([
    'numbers complete',
    'other skipped',
    'few complete',
    'both skipped',
    'end reused',
  ]);
  const changed = await runner.run(build('n\n1\n9\n'), undefined, { correlationId: 'mixed' });
  expect((await changed.table('end')).get(0)?.toJSON()).toEqual({ n: 8 });
  expect(outcomes(changed).filter((one) => !one.endsWith('complete'))).toEqual([]);
});

test('a plan tells what would be kept and why, before and after a run', async () => {
  const store = lastingStore();
  const { clock, pipeline } = slowChain([5, 5_000, 5]);
  const { runner } = testRunner({ engine, store, clock });
  const told = async (what = pipeline): Promise<string[]> =>
    [...(await runner.plan(what)).steps.values()].map(
      ({ step: name, decision, checkpoint }) =>
        `${name} ${decision} ${checkpoint?.keep} ${checkpoint?.because}`,
    );
  expect(await told()).toEqual([
    'start run undefined unmeasured',
    'step_0 run undefined unmeasured',
    'step_1 run undefined unmeasured',
    'step_2 run true result',
  ]);
  await runner.run(pipeline);
  expect(await told()).toEqual([
    'start skip false cheap',
    'step_0 skip false cheap',
    'step_1 reuse true costly',
    'step_2 reuse true result',
  ]);
  const edited = slowChain([5, 5_000, 5], '2').pipeline;
  expect(await told(edited)).toEqual([
    'start skip false cheap',
    'step_0 skip false cheap',
    'step_1 reuse true costly',
    'step_2 run true result',
  ]);
  const plan = await runner.plan(pipeline);
  expect(plan.steps.get('step_0')?.last).toMatchObject({ rows: 1, durationMs: 5 });
  expect(plan.steps.get('step_0')?.checkpoint).toMatchObject({ computeMs: 5 });
});

test('a choice outlives the log being written anew, and is forgotten with the checkpoints', async () => {
  const store = lastingStore();
  const { clock, pipeline } = slowChain([5, 5]);
  const { runner } = testRunner({ engine, store, clock });
  const task = { correlationId: 'long' };
  for (let run = 0; run < 60; run += 1) await runner.run(pipeline, undefined, { ...task, force: ['step_1'] });
  const plan = await runner.plan(pipeline, undefined, task);
  expect(plan.steps.get('step_0')?.checkpoint).toMatchObject({ keep: false, because: 'cheap' });
  await runner.cleanupCorrelation('long');
  const after = await runner.plan(pipeline, undefined, task);
  expect(after.steps.get('step_0')?.reason).toEqual({ code: 'not_needed' });
  expect(after.steps.get('step_0')?.checkpoint).toMatchObject({ keep: undefined, because: 'unmeasured' });
});
