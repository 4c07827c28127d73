import { isCairnError } from '../errors/cairn-error.ts';
import type { CairnEvent } from '../events/event.ts';
import type { Engine } from '../engine/engine.ts';
import { effect } from '../pipeline/author.ts';
import { connectorParams } from '../pipeline/connector-params.ts';
import { definePipeline, type Pipeline } from '../pipeline/define.ts';
import { param } from '../pipeline/param.ts';
import { canonicalParams } from '../pipeline/params.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { SinkConnector, SourceConnector } from '../pipeline/connector.ts';
import { contributions, type NamedKind } from '../plugin/contributions.ts';
import { isPlugin, type Plugin } from '../plugin/plugin.ts';
import { createRunner, type Runner } from '../run/runner.ts';
import { memoryStore } from '../store/memory-store.ts';
import { runnerFromConfig } from '../config/runner-from-config.ts';
import { ExpectationError, expectEqual, expectThat, type TestFunction } from './expectation.ts';
import { engineOfNothing } from './engine-of-nothing.ts';

type Options = Readonly<Record<string, unknown>>;

/** Options with which contributions can be made, by their names. What needs none may be left out. */
export interface PluginSuiteExamples {
  readonly sources?: Readonly<Record<string, Options>>;
  readonly sinks?: Readonly<Record<string, Options>>;
  readonly transforms?: Readonly<Record<string, Options>>;
  readonly checks?: Readonly<Record<string, Options>>;
}

/** What {@link pluginSuite} needs. */
export interface PluginSuiteOptions {
  /** Registers a test. */
  readonly test: TestFunction;
  /** Gives the plugin; called once a test. */
  create(): Plugin | Promise<Plugin>;
  /** @default none */
  readonly options?: PluginSuiteExamples;
  /** What runs of the suite run, for plugins that do not take just any pipeline. @default one effect */
  readonly pipeline?: Pipeline;
  /** An engine for `pipeline`, made once a runner. @default one that makes no tables */
  engine?(): Engine;
}

const kinds = { sources: 'source', sinks: 'sink', transforms: 'transform', checks: 'check' } as const;

interface Example {
  readonly kind: NamedKind;
  readonly name: string;
  readonly options: Options;
  make(options: unknown): unknown;
}

/**
 * What every plugin must do, as tests for any test runner: its contributions are made by name and from their examples,
 * refuse options that there are not, take params and can stand in fingerprints; runners that have it run, share nothing and
 * close. What connectors do with data is for `sourceSuite` and `sinkSuite`.
 *
 * @example
 * ```ts
 * pluginSuite({ test, create: () => acme, options: { sources: { numbers: { count: 3 } } } });
 * ```
 */
export function pluginSuite({
  test,
  create,
  options = {},
  pipeline = oneEffect,
  engine,
}: PluginSuiteOptions): void {
  const on = (name: string, run: (plugin: Plugin) => unknown): void => {
    test(name, async () => {
      await run(await create());
    });
  };
  const each = (name: string, run: (example: Example) => void): void => {
    on(name, (plugin) => {
      for (const example of examplesOf(plugin, options)) run(example);
    });
  };

  on('is what definePlugin returns, frozen', (plugin) => {
    expectThat(isPlugin(plugin), 'it is not what definePlugin returns');
    for (const part of [plugin, plugin.sources, plugin.sinks, plugin.transforms, plugin.checks, plugin.hooks])
      expectThat(Object.isFrozen(part), 'a part of it can be changed');
    for (const [key, known] of Object.entries(kinds)) {
      for (const name of Object.keys(options[key as keyof typeof kinds] ?? {}))
        expectThat(
          name in plugin[key as keyof typeof kinds],
          `there is no ${known} '${name}' to go with its options`,
        );
    }
  });

  each(
    'every contribution is made of its example, the same each time',
    ({ kind, name, options: given, make }) => {
      const [one, other] = [make(given), make(given)];
      expectEqual(shapeOf(one), shapeOf(other), `${kind} '${name}', made twice`);
    },
  );

  each('an option that there is not is refused', ({ kind, name, options: given, make }) => {
    const error = thrownBy(() => make({ ...given, noSuchOptionOfTheSuite: 1 }));
    expectThat(
      isCairnError(error, 'invalid_argument'),
      `${kind} '${name}' takes the option 'noSuchOptionOfTheSuite' (a strict schema does not): ${String(error)}`,
    );
  });

  each('options that are no object are refused', ({ kind, name, make }) => {
    for (const given of [null, 'text', 7, []]) {
      const error = thrownBy(() => make(given));
      // No options may be as good as none.
      const isEmpty = given === null || Array.isArray(given);
      expectThat(
        isCairnError(error, 'invalid_argument') || (isEmpty && error === undefined),
        `${kind} '${name}' is made of ${JSON.stringify(given)}: ${String(error)}`,
      );
    }
  });

  each('options of connectors may be params, and are plain data', ({ kind, name, options: given, make }) => {
    if (kind !== 'source' && kind !== 'sink') return;
    const connector = make(given) as SourceConnector | SinkConnector;
    canonicalJson(canonicalParams(connector.options));
    if (kind === 'sink') canonicalJson(canonicalParams(connector.location));
    for (const [key, value] of Object.entries(given)) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) continue;
      const made = make({ ...given, [key]: param('ofTheSuite') }) as SourceConnector | SinkConnector;
      const names = connectorParams(made);
      expectEqual(names, ['ofTheSuite'], `the params of ${kind} '${name}' with param() for '${key}'`);
    }
  });

  on('runners that have it run side by side, again, and close', async (plugin) => {
    const runners = [1, 2].map(() => watched(plugin, engine));
    try {
      await Promise.all(runners.map(({ runner }) => runner.plan(pipeline)));
      await Promise.all(runners.map(({ runner }) => runner.run(pipeline)));
      await Promise.all(runners.map(({ runner }) => runner.run(pipeline)));
    } finally {
      await Promise.all(runners.map(({ runner }) => runner.close()));
    }
    for (const { events } of runners) {
      const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
      expectEqual(warnings, [], 'warnings of a run');
      expectEqual(events.filter(({ type }) => type === 'pipeline_end').length, 2, 'ends of runs');
    }
  });

  on('a configuration may have it', async (plugin) => {
    const made = engine?.() ?? engineOfNothing();
    const registry = { plugins: [plugin], engines: { duckdb: { create: () => made } } };
    const runner = runnerFromConfig({ storage: { type: 'memory' }, plugins: [plugin.name] }, { registry });
    await runner.run(pipeline);
    await runner.close();
  });
}

const oneEffect: Pipeline = definePipeline({
  name: 'plugin-suite',
  processes: { main: [effect('done', {}, () => 'done')] },
});

function examplesOf(plugin: Plugin, given: PluginSuiteExamples): readonly Example[] {
  const found = contributions([plugin]);
  return (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((key) =>
    Object.keys(plugin[key]).map((name): Example => {
      const kind = kinds[key];
      const options = given[key]?.[name] ?? {};
      const make = (of: unknown): unknown => found[kind](`${plugin.name}.${name}`, of);
      const error = thrownBy(() => make(options));
      if (error !== undefined)
        throw new ExpectationError(
          `the suite needs \`options.${key}.${name}\` to make it of: ${String(error)}`,
        );
      return { kind, name, options, make };
    }),
  );
}

function watched(
  plugin: Plugin,
  engine: (() => Engine) | undefined,
): { readonly runner: Runner; readonly events: readonly CairnEvent[] } {
  const events: CairnEvent[] = [];
  const runner = createRunner({
    store: memoryStore(),
    engine: engine?.() ?? engineOfNothing(),
    plugins: [plugin],
    observers: [{ name: 'suite', onEvent: (event) => void events.push(event) }],
  });
  return { runner, events };
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** What can be compared of what a contribution makes. */
function shapeOf(made: unknown): unknown {
  const { type, name, version, location, options } = made as Readonly<Record<string, unknown>>;
  return { type, name, version, location, options };
}
