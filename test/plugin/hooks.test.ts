import {
  definePipeline,
  effect,
  isCairnError,
  secret,
  sql,
  step,
  type CairnEvent,
  type Pipeline,
  type RunnerOptions,
  type StepContext,
} from '@cairn/core';
import { definePlugin, type Plugin, type PluginHooks } from '@cairn/core/plugin';
import { expect, test } from 'vitest';
import { refused } from '../pipeline/rejects.ts';
import { fakeClock } from '../run/fake-clock.ts';
import { errorOf, sharedEngine, testRunner } from '../run/fixtures.ts';

const engine = sharedEngine();

const plugin = (name: string, hooks: PluginHooks): Plugin => definePlugin({ name, version: '1', hooks });

/** A pipeline of rows, of a query over them, and of an effect. */
function pipelineOf(run: (context: StepContext) => unknown = () => 'done'): Pipeline {
  const rows = step('rows', {}, () => [{ n: 1 }, { n: 2 }], { version: '1', tags: ['raw'] });
  const total = step('total', sql`select sum(n)::integer as n from ${rows}`);
  const tell = effect('tell', { total }, (_, context) => run(context));
  return definePipeline({ name: 'hooked', processes: { main: [rows, total, tell] } });
}

function runnerWith(plugins: readonly Plugin[], options: Partial<RunnerOptions> = {}) {
  return testRunner({ engine, plugins, ...options });
}

const warnings = (events: readonly CairnEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));

test('every hook is called where it belongs', async () => {
  const log: string[] = [];
  const told = plugin('log', {
    planCompiled: ({ plan }) => void log.push(`plan ${plan.pipeline}`),
    runStart: ({ pipeline, attempt }) => void log.push(`run ${pipeline} ${attempt}`),
    stepStart: ({ step: { name, kind } }) => void log.push(`start ${name} ${kind}`),
    async aroundStep({ step: { name } }, next) {
      log.push(`into ${name}`);
      const { rows } = await next();
      log.push(`out of ${name} ${String(rows)}`);
    },
    async beforeCommit({ step: { name }, rows, columns, table, query }) {
      const answer = await query(sql`select count(*)::integer as n from ${table}`);
      log.push(`commit ${name} ${rows} ${columns.map((one) => one.name).join()} ${String(answer.get(0)?.n)}`);
    },
    checkpointWritten: ({ step: { name }, rows }) => void log.push(`written ${name} ${rows}`),
    runEnd: ({ status }) => void log.push(`end ${status}`),
  });
  const { runner, events } = runnerWith([told]);
  await runner.run(pipelineOf());
  // SQL begins while what it reads is being stored.
  const written = log.splice(log.indexOf('written rows 2'), 1);
  expect(written).toEqual(['written rows 2']);
  expect(log).toEqual([
    'plan hooked',
    'run hooked 1',
    'start rows transform',
    'into rows',
    'out of rows 2',
    'commit rows 2 n 2',
    'start total sql',
    'into total',
    'out of total 1',
    'commit total 1 n 1',
    'written total 1',
    'start tell effect',
    'into tell',
    'out of tell undefined',
    'written tell 0',
    'end success',
  ]);
  expect(warnings(events)).toEqual([]);

  log.length = 0;
  await runner.plan(pipelineOf());
  expect(log).toEqual(['plan hooked']);
  await runner.run(pipelineOf());
  expect(log.slice(1)).toEqual([
    'plan hooked',
    'run hooked 1',
    'start tell effect',
    'into tell',
    'out of tell undefined',
    'written tell 0',
    'end success',
  ]);
});

test('pre comes first and post last, else as the plugins are listed; aroundStep is nested so', async () => {
  const log: string[] = [];
  const named = (name: string, order?: 'pre' | 'post') =>
    plugin(name, {
      beforeCommit: { ...(order && { order }), handler: () => void log.push(name) },
      aroundStep: {
        ...(order && { order }),
        async handler(_, next) {
          log.push(`${name}(`);
          await next();
          log.push(`)${name}`);
        },
      },
    });
  const { runner } = runnerWith([named('d', 'post'), named('b'), named('a', 'pre'), named('c')]);
  await runner.run(definePipeline({ name: 'one', processes: { main: [step('s', sql`select 1 as n`)] } }));
  expect(log.join(' ')).toBe('a( b( c( d( )d )c )b )a a b c d');
});

test('filters choose by kind, name and tag, and all of them must hold', async () => {
  const seen = async (filter: object): Promise<string> => {
    const names: string[] = [];
    const handler = ({ step: { name } }: { readonly step: { readonly name: string } }) =>
      void names.push(name);
    const { runner } = runnerWith([plugin('p', { stepStart: { filter, handler } })]);
    await runner.run(pipelineOf());
    return names.join(' ');
  };
  expect(await seen({})).toBe('rows total tell');
  expect(await seen({ kind: 'sql' })).toBe('total');
  expect(await seen({ kind: ['sql', 'effect'] })).toBe('total tell');
  expect(await seen({ name: 'tot' })).toBe('');
  expect(await seen({ name: /^t/g })).toBe('total tell');
  expect(await seen({ name: ['rows', /l$/] })).toBe('rows total tell');
  expect(await seen({ tag: 'raw' })).toBe('rows');
  expect(await seen({ tag: ['raw', 'x'] })).toBe('rows');
  expect(await seen({ tag: ['raw', 'x'], kind: 'sql' })).toBe('');
});

test.each<[string, object, string]>([
  ['a name that there is not', { stepStarted: () => 1 }, "did you mean 'stepStart'"],
  ['no function', { stepStart: 3 }, "hook 'stepStart' that is neither a function"],
  ['no handler', { stepStart: { order: 'pre' } }, "function 'handler'"],
  ['an order', { stepStart: { order: 'first', handler: () => 1 } }, "'first'"],
  ['a filter of what is about no step', { runStart: { filter: {}, handler: () => 1 } }, 'about no step'],
  ['a kind', { stepStart: { filter: { kind: 'sqll' }, handler: () => 1 } }, "kind that is none: 'sqll'"],
  ['a key of a filter', { stepStart: { filter: { tags: 'x' }, handler: () => 1 } }, "unknown key 'tags'"],
  ['a key', { stepStart: { filters: {}, handler: () => 1 } }, "unknown key 'filters'"],
])('a hook with %s is refused', async (_, hooks, words) => {
  await refused(() => plugin('p', hooks), 'invalid_plugin', "Plugin 'p'", words);
});

test('a plugin rejects a table: the step fails with its error, and nothing is kept', async () => {
  const why = new Error('too few rows');
  const strict = plugin('strict', {
    beforeCommit: {
      filter: { name: 'total' },
      handler: () => {
        throw why;
      },
    },
  });
  const { runner } = runnerWith([strict]);
  const failed = await refused(() => runner.run(pipelineOf()), 'run_failed');
  const error = await errorOf(Promise.reject(failed), 'plugin_failed');
  expect(error.details).toMatchObject({ plugin: 'strict', hook: 'beforeCommit', step: 'total' });
  expect(error.message).toContain("Plugin 'strict' failed in its hook 'beforeCommit': too few rows");
  expect((error.cause as Error).cause).toBe(why);
  expect((await runner.checkpoints()).map((one) => one.step)).toEqual(['rows']);
});

test.each(['planCompiled', 'runStart', 'stepStart', 'aroundStep'] as const)('%s may refuse', async (hook) => {
  const ran: string[] = [];
  const { runner, events } = runnerWith([
    plugin('p', {
      [hook]: () => {
        throw new Error('no');
      },
    }),
    plugin('end', { runEnd: ({ status, error }) => void ran.push(`${status} ${String(error?.code)}`) }),
  ]);
  const error = await errorOf(runner.run(pipelineOf(() => ran.push('effect'))), 'plugin_failed');
  expect(error.details).toMatchObject({ plugin: 'p', hook });
  // A plan that is refused never becomes a run.
  expect(events.length === 0).toBe(hook === 'planCompiled');
  expect(ran).toEqual(hook === 'planCompiled' ? [] : ['failed plugin_failed']);
});

test('hooks that only tell fail nothing: what they throw is a warning', async () => {
  const broken = () => {
    throw new Error('oh');
  };
  const { runner, events } = runnerWith([
    plugin('p', { checkpointWritten: broken, stepError: async () => broken(), runEnd: broken }),
  ]);
  const failed = await refused(
    () =>
      runner.run(
        pipelineOf(() => {
          throw new Error('the effect is broken');
        }),
      ),
    'run_failed',
    'the effect is broken',
  );
  expect(isCairnError(failed.cause, 'step_failed')).toBe(true);
  expect(warnings(events)).toEqual([
    "Plugin 'p' failed in its hook 'checkpointWritten': oh",
    "Plugin 'p' failed in its hook 'checkpointWritten': oh",
    "Plugin 'p' failed in its hook 'stepError': oh",
    "Plugin 'p' failed in its hook 'runEnd': oh",
  ]);
  expect(events.at(-1)?.type).toBe('pipeline_end');
});

test('parallel hooks are all waited for, and the first error in time is the one', async () => {
  const log: string[] = [];
  const late = new Promise<void>((resolve) => setTimeout(resolve, 20));
  const { runner, events } = runnerWith([
    plugin('slow', {
      async runStart() {
        await late;
        log.push('slow');
        throw new Error('second');
      },
    }),
    plugin('quick', { runStart: () => Promise.reject(new Error('first')) }),
  ]);
  await refused(() => runner.run(pipelineOf()), 'run_failed', "'quick'", 'first');
  expect(log).toEqual(['slow']);
  expect(warnings(events)).toEqual(["Plugin 'slow' failed in its hook 'runStart': second"]);
});

test('a hook that fails is tried again as its step is', async () => {
  let times = 0;
  const { runner } = runnerWith([
    plugin('p', {
      beforeCommit() {
        times += 1;
        if (times === 1) throw new Error('not yet');
      },
    }),
  ]);
  const retry = { maxAttempts: 2, initialDelayMs: 0 };
  const pipeline = definePipeline({
    name: 'again',
    processes: { main: [step('s', sql`select 1 as n`, { retry })] },
  });
  const result = await runner.run(pipeline);
  expect(result.steps.get('s')).toMatchObject({ outcome: 'complete', attempts: 2 });
});

test('aroundStep neither hides what the step fails with nor leaves it at work', async () => {
  const run = async (
    aroundStep: NonNullable<PluginHooks['aroundStep']>,
    work: (context: StepContext) => unknown = () => 'done',
  ) => {
    const { runner, events } = runnerWith([plugin('p', { aroundStep })]);
    const { result } = runner.start(pipelineOf(work));
    const error: unknown = await result.then(() => undefined).catch((thrown: unknown) => thrown);
    return { cause: isCairnError(error) ? (error.cause as Error) : undefined, warnings: warnings(events) };
  };
  const broken = (): never => {
    throw new Error('the step is broken');
  };
  const swallowed = await run(async (_, next) => void (await next().catch(() => undefined)), broken);
  expect(swallowed.cause?.message).toContain('the step is broken');
  const replaced = await run(async (_, next) => {
    await next().catch(() => {
      throw new Error('something else');
    });
  }, broken);
  expect(replaced.cause?.message).toContain('the step is broken');
  expect(replaced.warnings).toEqual(["Plugin 'p' failed in its hook 'aroundStep': something else"]);
  expect((await run(async () => undefined)).cause?.message).toContain('it has not called next()');
  const twice = await run(async (_, next) => {
    await next();
    await next();
  });
  expect(twice.cause?.message).toContain('next() was called a second time');
  let done = false;
  const unawaited = await run(
    async (_, next) => void next(),
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      done = true;
    },
  );
  expect([unawaited.cause, done]).toEqual([undefined, true]);
  done = false;
  const hasty = await run(
    async ({ step: { name } }, next) => {
      const made = next();
      if (name === 'tell') throw new Error('in haste');
      await made;
    },
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      done = true;
    },
  );
  expect([hasty.cause?.message.includes('in haste'), done]).toEqual([true, true]);
});

test('the first plugin that knows a secret gives it, and it is kept out of what is stored', async () => {
  const asked: string[] = [];
  const knows = (name: string, known: Readonly<Record<string, string>>) =>
    plugin(name, {
      resolveSecret(secretName) {
        asked.push(`${name} ${secretName}`);
        return known[secretName];
      },
    });
  const own = { OWN: 'mine' };
  const plugins = [knows('a', {}), knows('b', { KEY: 'hush-hush' }), knows('c', { KEY: 'other' })];
  const { runner } = runnerWith(plugins, { secrets: own });
  const values: unknown[] = [];
  const use = (name: string) =>
    definePipeline({
      name: `of-${name}`,
      processes: {
        main: [
          effect('use', { key: secret(name) }, ({ key }) => {
            values.push(key);
            throw new Error(`refused ${key}`);
          }),
        ],
      },
    });
  await refused(() => runner.run(use('OWN')), 'run_failed');
  expect(asked).toEqual([]);
  await refused(() => runner.run(use('KEY')), 'run_failed');
  expect(asked).toEqual(['a KEY', 'b KEY']);
  expect(values).toEqual(['mine', 'hush-hush']);
  const history = await runner.history();
  const told = await history.query('select error_message from pipeline_runs');
  expect(JSON.stringify(told.toArray())).not.toContain('hush-hush');
  await history.close();
  await errorOf(runner.run(use('UNKNOWN')), 'secret_not_found');
});

test.each([
  'planCompiled',
  'runStart',
  'stepStart',
  'aroundStep',
  'beforeCommit',
  'runEnd',
  'resolveSecret',
] as const)('a %s that never returns is told of by name, and does not outlive a cancel', async (hook) => {
  const clock = fakeClock();
  const logged: string[] = [];
  const note = (_: object, message?: string): void => void (message && logged.push(message));
  const logger = { debug: note, info: note, warn: note, error: note };
  const { runner, events } = runnerWith([plugin('stuck', { [hook]: () => new Promise(() => undefined) })], {
    clock,
    logger,
    secrets: hook === 'resolveSecret' ? {} : { K: 'known' },
  });
  const pipeline = definePipeline({
    name: 'stuck',
    processes: { main: [step('s', { key: secret('K') }, () => [{ n: 1 }], { version: '1' })] },
  });
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const running = runner.run(pipeline, undefined, options).then(
    () => 'success',
    (error: unknown) => (isCairnError(error) ? error.code : 'none'),
  );
  if (hook !== 'resolveSecret') await Promise.race([running, clock.asleep()]);
  else await clock.asleep();
  clock.advance(10_000);
  const message = `Plugin 'stuck' has not returned from its hook '${hook}' for 10 s`;
  await expect.poll(() => [...warnings(events), ...logged]).toContain(message);
  controller.abort('enough');
  // Cancelled after its last step was done, a run is what it was.
  const expected = hook === 'runEnd' ? 'success' : 'canceled';
  expect(await running).toBe(expected);
});

test('a cancelled run waits for a stuck runEnd no longer than there is patience', async () => {
  const clock = fakeClock();
  const { runner, events } = runnerWith([plugin('stuck', { runEnd: () => new Promise(() => undefined) })], {
    clock,
  });
  const run = runner.start(
    pipelineOf(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          void run.cancel('enough');
        }),
    ),
  );
  const ended = run.result.catch((error: unknown) => (isCairnError(error) ? error.code : 'none'));
  await clock.asleep();
  clock.advance(10_000);
  expect(await ended).toBe('canceled');
  expect(warnings(events)).toEqual(["Plugin 'stuck' has not returned from its hook 'runEnd' for 10 s"]);
});

test('a step takes as long as it takes, whatever is around it', async () => {
  const clock = fakeClock();
  const { runner, events } = runnerWith(
    [plugin('p', { aroundStep: async (_, next) => void (await next()) })],
    {
      clock,
    },
  );
  let waiting: readonly unknown[] = [];
  await runner.run(
    pipelineOf(() => {
      waiting = clock.sleepers.filter(({ signal }) => signal?.aborted !== true);
    }),
  );
  expect(waiting).toEqual([]);
  expect(warnings(events)).toEqual([]);
});

test('plugins’ observers are told, and setup and teardown are called once a runner', async () => {
  const log: string[] = [];
  const made = (name: string): Plugin =>
    definePlugin({
      name,
      version: '1',
      observer: { name, onEvent: ({ type }) => void (type === 'pipeline_end' && log.push(`${name} told`)) },
      setup: async ({ signal }) => {
        log.push(`${name} up`);
        await Promise.resolve();
        return () => void log.push(`${name} down ${String(signal.aborted)}`);
      },
    });
  const { runner } = runnerWith([made('a'), made('b')]);
  await runner.run(pipelineOf());
  await runner.run(pipelineOf());
  await runner.close();
  await runner.close();
  expect(log).toEqual(['a up', 'b up', 'a told', 'b told', 'a told', 'b told', 'b down true', 'a down true']);
});

test('what setup throws keeps a runner from running, and what was set up before is torn down', async () => {
  const log: string[] = [];
  const fine = definePlugin({ name: 'fine', version: '1', setup: () => () => void log.push('down') });
  const broken = (setup: () => Promise<void>) => definePlugin({ name: 'broken', version: '1', setup });
  const throws = (): Promise<void> => {
    throw new Error('no licence');
  };
  const half = runnerWith([fine, broken(throws)]).runner;
  await refused(() => half.run(pipelineOf()), 'plugin_failed', "'setup'", 'no licence');
  expect(log).toEqual(['down']);
  const { runner } = runnerWith([broken(async () => throws())]);
  await refused(() => runner.run(pipelineOf()), 'plugin_failed', 'no licence');
  await refused(() => runner.plan(pipelineOf()), 'plugin_failed', 'no licence');
});

test('a setup that never returns is told of by name, and outlives neither a cancel nor its runner', async () => {
  const clock = fakeClock();
  const logged: string[] = [];
  const note = (_: object, message: string): void => void logged.push(message);
  const stuck = definePlugin({ name: 'stuck', version: '1', setup: () => new Promise(() => undefined) });
  const { runner } = runnerWith([stuck], {
    clock,
    logger: { debug: note, info: note, warn: note, error: note },
  });
  const controller = new AbortController();
  const running = runner.run(pipelineOf(), undefined, { signal: controller.signal });
  const refusedRun = refused(() => running, 'canceled');
  await clock.asleep();
  clock.advance(10_000);
  await expect.poll(() => logged).toEqual(["plugin 'stuck' has not returned from its setup for 10 s"]);
  controller.abort('enough');
  await refusedRun;
  await runner.close();
});

test('what is set up when its runner is closed already is torn down', async () => {
  const log: string[] = [];
  let ready: () => void = () => undefined;
  const late = definePlugin({
    name: 'late',
    version: '1',
    setup: async () => {
      log.push('up');
      await new Promise<void>((resolve) => {
        ready = resolve;
      });
      return () => void log.push('down');
    },
  });
  const { runner } = runnerWith([late]);
  await expect.poll(() => log).toEqual(['up']);
  await runner.close();
  ready();
  await expect.poll(() => log).toEqual(['up', 'down']);
});

test('a runner refuses what is no plugin, and two of one name', async () => {
  await refused(() => runnerWith([{ name: 'x' } as never]), 'invalid_argument', 'createRunner', 'plugins[0]');
  await refused(() => runnerWith([plugin('p', {}), plugin('P', {})]), 'duplicate_plugin');
});
