import { invalidArgument } from '../errors/pipeline-errors.ts';
import { invalidConfig } from '../errors/config-errors.ts';
import { silentLogger } from '../events/logger.ts';
import { createRunner, type Runner } from '../run/runner.ts';
import type { RunnerOptions } from '../run/runner-options.ts';
import { isPlainObject } from '../pipeline/check.ts';
import type { FileSystem } from '../pipeline/file-system.ts';
import { urlPrefix } from '../pipeline/url-prefix.ts';
import { chooseEntry, type Choice } from './choose-entry.ts';
import { secretKeeper } from '../run/secrets.ts';
import type { CairnConfig, LoggingConfig, RunConfig } from './config.ts';
import { fromLevel } from './log-level.ts';
import { choosePlugins, withPluginTypes, type LoadedPlugins } from './choose-plugins.ts';
import type { Plugin } from '../plugin/plugin.ts';
import { createReport, type Report } from './report.ts';
import { fillConfig, fillText, type Environment } from './references.ts';
import type { RegistryContext } from '../plugin/contribution.ts';
import { coreRegistry, mergeRegistries, type ConfigRegistry } from './registry.ts';
import { configSchema, openSlots } from './schema.ts';
import { pathText, type ConfigSource } from './source.ts';
import { checkOwn, withoutValues } from './validate.ts';

/** What {@link checkConfig} needs to know besides the configuration. */
export interface CheckConfigOptions {
  /** The types that there are; added to those of core (`memory`). */
  readonly registry: ConfigRegistry;
  /** The variables that `${NAME}` stands for. @default none */
  readonly env?: Environment;
  /** What relative paths are relative to. @default what the host takes for it */
  readonly folder?: string;
  /**
   * What the entries of `plugins` are, as far as the host has loaded them: plugins, or why there are none. What is not in it
   * must be the name of a plugin of the registry. @default none
   */
  readonly modules?: ReadonlyMap<string, LoadedPlugins>;
  /** Where the configuration was read from, for messages. @default an object */
  readonly source?: ConfigSource;
}

/** A configuration that holds: what it says, and the runners that it describes. */
export interface CheckedConfig {
  /** As written, references filled in. */
  readonly pipeline: string | undefined;
  /** Those of the registry, then those that the configuration names. */
  readonly plugins: readonly Plugin[];
  /** Empty when there are none. */
  readonly params: Readonly<Record<string, unknown>>;
  /** What to pass to `runner.run`; empty when nothing is said. */
  readonly run: RunConfig;
  /**
   * Makes a runner. What is given here wins over the configuration, except for observers, which are told after the configured
   * ones, and plugins, which come after them; a secret is looked up here first.
   *
   * @throws CairnError `invalid_config` when a factory refuses its options, `invalid_argument`
   */
  createRunner(options?: Partial<RunnerOptions>): Runner;
}

/**
 * Checks a configuration: its keys and values, the types by the registry, the environment variables that it names. Nothing
 * is made or opened. The result holds no value of a secret that could be printed.
 *
 * @throws CairnError `invalid_config` with all that is wrong in `details.issues`
 */
export function checkConfig(config: unknown, options: CheckConfigOptions): CheckedConfig {
  const { env = {}, folder, source = {}, modules = new Map<string, LoadedPlugins>() } = options;
  const report = createReport(source);
  const filled = fillConfig(config, env, report);
  const whole = filled.value as Partial<CairnConfig> | undefined;
  checkOwn(configSchema(openSlots()), whole, [], filled, report);

  const host = mergeRegistries(coreRegistry, options.registry);
  const plugins = choosePlugins(whole?.plugins, host.plugins ?? [], modules, report);
  const registry = withPluginTypes(host, plugins);
  const tools = { filled, report };
  const { logging, observers: listed } = partOf(whole?.observability);
  const storage = chooseEntry('store', registry.stores, whole?.storage, ['storage'], tools);
  const engine = chooseEntry('engine', registry.engines, whole?.engine ?? {}, ['engine'], tools);
  const log = logging === true ? {} : isPlainObject(logging) ? logging : undefined;
  const logged =
    log && chooseEntry('observer', registry.observers, { ...log, type: 'logging' }, logPath, tools);
  const observers = [
    logged,
    ...(Array.isArray(listed) ? listed : []).map((value: unknown, index) =>
      chooseEntry('observer', registry.observers, value, ['observability', 'observers', index], tools),
    ),
  ];
  const secrets = readSecrets(whole?.secrets, env, report);
  if (whole?.files !== undefined && registry.confineFiles === undefined)
    report.add({ path: ['files'], message: 'there are no local files here' });
  for (const [index, url] of (Array.isArray(whole?.allowUrls) ? whole.allowUrls : []).entries()) {
    if (typeof url !== 'string' || url === '' || urlPrefix.test(url)) continue;
    const message = 'must be an absolute URL without user, query and fragment';
    report.add({ path: ['allowUrls', index], message });
  }
  report.end();

  const checked = whole as CairnConfig;
  const records = checked.observability?.records;

  return Object.freeze({
    pipeline: checked.pipeline,
    plugins,
    params: checked.params ?? {},
    run: checked.run ?? {},
    createRunner(given: Partial<RunnerOptions> = {}) {
      const first = secretKeeper(given.secrets ?? {});
      const asked = registry.logger ?? silentLogger;
      const logger = given.logger ?? asked;
      const context: RegistryContext = { logger, clock: given.clock ?? Date, folder };
      // What the runner itself has to say is said where a log was asked for.
      const unasked =
        logged === undefined ? silentLogger : fromLevel((logged.options as LoggingConfig).level, asked);
      const make = <Made>(choice: Choice<Made> | undefined): Made => {
        // What was not chosen was reported, but for the engine, which may be given here.
        if (choice === undefined)
          throw invalidArgument('createRunner', "needs an engine: 'duckdb' in the registry, or as an option");
        const { entry, path, options: chosen } = choice;
        try {
          return entry.create(chosen, context);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          const message = withoutValues(why, path, filled.references);
          const issue = { path: pathText(path), message, ...source.locate?.(path, 'value') };
          throw invalidConfig([issue], source, error);
        }
      };
      return createRunner({
        ...(registry.files === undefined ? {} : { files: registry.files }),
        ...(checked.files === undefined
          ? {}
          : { files: registry.confineFiles?.(checked.files, context) as FileSystem }),
        ...(checked.allowUrls === undefined ? {} : { allowUrls: checked.allowUrls }),
        ...(checked.concurrency === undefined ? {} : { concurrency: checked.concurrency }),
        ...(checked.memoryBudget === undefined ? {} : { memoryBudget: checked.memoryBudget }),
        ...(checked.maxLostWorkMs === undefined ? {} : { maxLostWorkMs: checked.maxLostWorkMs }),
        ...(records === undefined ? {} : { records }),
        ...(checked.retention === undefined ? {} : { retention: checked.retention }),
        ...given,
        plugins: [...plugins, ...(given.plugins ?? [])],
        logger: given.logger ?? unasked,
        store: given.store ?? make(storage),
        engine: given.engine ?? make(engine),
        observers: [
          ...observers.flatMap((observer) => (observer === undefined ? [] : [make(observer)])),
          ...(given.observers ?? []),
        ],
        secrets: async (name) => (await first.secret(name)) ?? secrets.get(name),
      });
    },
  });
}

const logPath = ['observability', 'logging'];

const partOf = (value: unknown): Readonly<Record<string, unknown>> => (isPlainObject(value) ? value : {});

function readSecrets(given: unknown, env: Environment, report: Report): ReadonlyMap<string, string> {
  const texts = Object.entries(partOf(given)).filter((entry): entry is [string, string] => {
    return typeof entry[1] === 'string';
  });
  return new Map(
    texts.map(([name, text]) => [name, fillText(text, ['secrets', name], env, report).text] as const),
  );
}
