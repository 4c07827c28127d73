import { isCairnError } from '../errors/cairn-error.ts';
import { describe } from '../errors/pipeline-errors.ts';
import { invalidPlugin, pluginFailed } from '../errors/plugin-errors.ts';
import { silentLogger } from '../events/logger.ts';
import type { Observer } from '../events/observer.ts';
import { checkKeys, isPlainObject } from '../pipeline/check.ts';
import { checkName } from '../pipeline/names.ts';
import { checkOptions } from './check-options.ts';
import { connectorFunction } from './connector-function.ts';
import type {
  ConnectorContributionsOf,
  ContributionKind,
  ContributionKinds,
  ContributionsOf,
  FactoriesOf,
  OptionsSchema,
  RegistryContext,
  RegistryEntry,
  SinksOf,
  SourcesOf,
} from './contribution.ts';
import { whyNotMade } from './made.ts';
import { checkHooks } from './hook-set.ts';
import type { PluginHooks } from './hooks.ts';
import type { ContributionFunction, Plugin, PluginSetup } from './plugin.ts';

/** An observer of a plugin that takes options: from TypeScript a function, in a configuration a type. */
export type ObserverContribution = RegistryEntry<Observer>;

/**
 * What {@link definePlugin} takes. Each contribution is `{ options, create }`: `options` is a Standard Schema (zod, valibot,
 * arktype, ...) that answers at once, and `create` makes something of what it returns. Without a schema `create` is given
 * the options as they are, and checks them itself.
 */
export interface PluginDefinition<
  SourceSchemas,
  Sources,
  SinkSchemas,
  Sinks,
  TransformSchemas,
  Transforms,
  CheckSchemas,
  Checks,
  StoreSchemas,
  Stores,
  EngineSchemas,
  Engines,
> {
  /** As the names of steps are; what comes before the dot in `acme.numbers`. */
  readonly name: string;
  /** The plugin's own version, such as its package's. */
  readonly version: string;
  /** Connectors that read data in. @default none */
  readonly sources?: ConnectorContributionsOf<SourceSchemas, Sources, ContributionKinds['source']>;
  /** Connectors that write data out. @default none */
  readonly sinks?: ConnectorContributionsOf<SinkSchemas, Sinks, ContributionKinds['sink']>;
  /** Code of steps, for pipelines that are no TypeScript. @default none */
  readonly transforms?: ContributionsOf<TransformSchemas, Transforms, ContributionKinds['transform']>;
  /** Checks of steps' tables. @default none */
  readonly checks?: ContributionsOf<CheckSchemas, Checks, ContributionKinds['check']>;
  /** Stores, which a configuration may name as `storage.type`. @default none */
  readonly stores?: ContributionsOf<StoreSchemas, Stores, ContributionKinds['store'], [RegistryContext]>;
  /** Engines, which a configuration may name as `engine.type`. @default none */
  readonly engines?: ContributionsOf<EngineSchemas, Engines, ContributionKinds['engine'], [RegistryContext]>;
  /**
   * An observer, which is told of the runs of every runner that has the plugin; or `{ options, create }`, which a
   * configuration may name in `observability.observers` as the type that is called what the plugin is. @default none
   */
  readonly observer?: Observer | ObserverContribution;
  /** What it does in runs of runners that have the plugin. @default nothing */
  readonly hooks?: PluginHooks;
  /** @default nothing */
  readonly setup?: PluginSetup;
}

/** A {@link Plugin} with its own functions. */
export interface DefinedPlugin<
  SourceSchemas,
  Sources,
  SinkSchemas,
  Sinks,
  TransformSchemas,
  Transforms,
  CheckSchemas,
  Checks,
  StoreSchemas,
  Stores,
  EngineSchemas,
  Engines,
> extends Omit<Plugin, 'sources' | 'sinks' | 'transforms' | 'checks' | 'stores' | 'engines'> {
  readonly sources: SourcesOf<SourceSchemas, Sources>;
  readonly sinks: SinksOf<SinkSchemas, Sinks>;
  readonly transforms: FactoriesOf<TransformSchemas, Transforms>;
  readonly checks: FactoriesOf<CheckSchemas, Checks>;
  readonly stores: FactoriesOf<StoreSchemas, Stores, [context?: RegistryContext]>;
  readonly engines: FactoriesOf<EngineSchemas, Engines, [context?: RegistryContext]>;
}

const kinds = {
  sources: 'source',
  sinks: 'sink',
  transforms: 'transform',
  checks: 'check',
  stores: 'store',
  engines: 'engine',
} as const satisfies Readonly<Record<string, ContributionKind>>;

const keys = ['name', 'version', ...Object.keys(kinds), 'observer', 'hooks', 'setup'];

/** A contribution as it is called, whatever its types. */
interface AnyContribution {
  readonly options?: OptionsSchema;
  readonly location?: readonly string[];
  create(options: unknown, context?: RegistryContext): unknown;
}

/**
 * Defines a plugin: plain, frozen data that any number of runners and configurations may have. Nothing runs. Its
 * contributions are functions that check their options and make something of them.
 *
 * A schema's issues come all in one error. Options of sources and sinks may hold `param()` and `secret()`: what they stand
 * for is checked once they are filled in, and `create` sees the values alone.
 *
 * @throws CairnError `invalid_plugin`, `invalid_name`, `invalid_argument` for an unknown key
 * @example
 * export const acme = definePlugin({
 *   name: 'acme',
 *   version: '1.0.0',
 *   sources: { numbers: { options: z.object({ count: z.number().int() }), create: ({ count }) => numbers(count) } },
 * });
 * export const fromNumbers = acme.sources.numbers;
 */
export function definePlugin<
  SourceSchemas = {},
  Sources = {},
  SinkSchemas = {},
  Sinks = {},
  TransformSchemas = {},
  Transforms = {},
  CheckSchemas = {},
  Checks = {},
  StoreSchemas = {},
  Stores = {},
  EngineSchemas = {},
  Engines = {},
>(
  definition: PluginDefinition<
    SourceSchemas,
    Sources,
    SinkSchemas,
    Sinks,
    TransformSchemas,
    Transforms,
    CheckSchemas,
    Checks,
    StoreSchemas,
    Stores,
    EngineSchemas,
    Engines
  >,
): DefinedPlugin<
  SourceSchemas,
  Sources,
  SinkSchemas,
  Sinks,
  TransformSchemas,
  Transforms,
  CheckSchemas,
  Checks,
  StoreSchemas,
  Stores,
  EngineSchemas,
  Engines
> {
  const given = definition as unknown as Readonly<Record<string, unknown>>;
  checkKeys('definePlugin', given, keys, 'key');
  const { name, version } = given;
  checkName(name, 'plugin');
  const what = `Plugin '${name}'`;
  if (typeof version !== 'string' || version.trim() === '')
    throw invalidPlugin(what, `needs a version, as a text, not ${describe(version)}`);

  const functions: Record<string, Readonly<Record<string, ContributionFunction<unknown>>>> = {};
  const entries: Record<string, Readonly<Record<string, AnyContribution>>> = {};
  for (const [key, kind] of Object.entries(kinds)) {
    const contributions = checkContributions(what, key, kind, given[key]);
    entries[key] = contributions;
    functions[key] = Object.freeze(
      Object.fromEntries(
        Object.entries(contributions).map(([one, contribution]) => [
          one,
          functionOf(name, kind, one, contribution),
        ]),
      ),
    );
  }
  const { setup } = given;
  if (setup !== undefined && typeof setup !== 'function')
    throw invalidPlugin(what, `has a setup that is no function: ${describe(setup)}`);
  const observed = checkObserver(what, given['observer']);
  const observer =
    observed !== undefined && 'create' in observed
      ? functionOf(name, 'observer', name, observed as AnyContribution)
      : observed;
  return Object.freeze({
    '~cairn': 'plugin',
    name,
    version,
    ...functions,
    observer,
    hooks: checkHooks(what, given['hooks']),
    setup,
    '~registry': Object.freeze({
      stores: entries['stores'],
      engines: entries['engines'],
      observers: observer === observed ? {} : { [name]: observed },
    }),
  }) as never;
}

function checkContributions(
  plugin: string,
  key: string,
  kind: ContributionKind,
  given: unknown = {},
): Readonly<Record<string, AnyContribution>> {
  if (!isPlainObject(given))
    throw invalidPlugin(plugin, `has ${key} that are no object by name: ${describe(given)}`);
  const seen = new Map<string, string>();
  for (const [name, contribution] of Object.entries(given)) {
    checkName(name, kind);
    const other = seen.get(name.toLowerCase());
    if (other !== undefined)
      throw invalidPlugin(
        plugin,
        `has the ${kind} '${name}' twice: also as '${other}' (case does not count)`,
      );
    seen.set(name.toLowerCase(), name);
    checkContribution(plugin, `${kind} '${name}'`, kind, contribution);
  }
  return Object.freeze({ ...given }) as Readonly<Record<string, AnyContribution>>;
}

function checkContribution(plugin: string, what: string, kind: ContributionKind, given: unknown): void {
  const known =
    kind === 'source' || kind === 'sink' ? ['options', 'location', 'create'] : ['options', 'create'];
  if (!isPlainObject(given) || typeof given['create'] !== 'function')
    throw invalidPlugin(plugin, `has a ${what} without a function 'create': ${describe(given)}`);
  checkKeys(`${plugin}, ${what}`, given, known, 'key');
  const { options, location } = given;
  const validate = (options as OptionsSchema | null | undefined)?.['~standard']?.validate;
  if (options !== undefined && typeof validate !== 'function')
    throw invalidPlugin(plugin, `has a ${what} whose options are no Standard Schema: ${describe(options)}`);
  const isList = Array.isArray(location) && location.every((one) => typeof one === 'string');
  if (location !== undefined && !isList)
    throw invalidPlugin(plugin, `has a ${what} whose location is no list of names of options`);
}

function checkObserver(plugin: string, given: unknown): Observer | ObserverContribution | undefined {
  if (given === undefined) return undefined;
  const has = (name: string): boolean =>
    typeof (given as Readonly<Record<string, unknown>> | null)?.[name] === 'function';
  if (has('onEvent')) return given as Observer;
  if (!has('create'))
    throw invalidPlugin(
      plugin,
      `has an observer without a function 'onEvent' or 'create': ${describe(given)}`,
    );
  checkContribution(plugin, 'observer', 'observer', given);
  return given as ObserverContribution;
}

function functionOf(
  plugin: string,
  kind: ContributionKind,
  name: string,
  contribution: AnyContribution,
): ContributionFunction<unknown> {
  const what = `${kind} '${name}'`;
  const where = `${what} of plugin '${plugin}'`;
  const check = (options: unknown): unknown =>
    contribution.options === undefined ? options : checkOptions(where, contribution.options, options);
  const create = (options: unknown, context?: RegistryContext): unknown => {
    let made: unknown;
    try {
      made = contribution.create(options, context);
    } catch (error) {
      throw isCairnError(error) ? error : pluginFailed(plugin, { contribution: what }, error);
    }
    const wrong = whyNotMade(kind, made);
    if (wrong === undefined) return made;
    throw pluginFailed(plugin, { contribution: what }, new Error(wrong));
  };
  if (kind === 'source' || kind === 'sink') {
    const { options: schema, location = [] } = contribution;
    return connectorFunction({
      kind,
      plugin,
      name,
      where,
      schema,
      location,
      create,
    });
  }
  const standalone: RegistryContext = { logger: silentLogger, clock: Date, folder: undefined };
  return (options: unknown, context?: RegistryContext) => create(check(options), context ?? standalone);
}
