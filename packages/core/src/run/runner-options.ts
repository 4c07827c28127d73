import { storeCleaner, type Cleaner } from '../checkpoint/cleaner.ts';
import { checkRetention, type Retention, type RetentionOptions } from '../checkpoint/retention.ts';
import type { Engine } from '../engine/engine.ts';
import { invalidArgument } from '../errors/pipeline-errors.ts';
import type { Clock } from '../events/clock.ts';
import { carefulLogger, silentLogger, type Logger } from '../events/logger.ts';
import type { Observer } from '../events/observer.ts';
import { checkCount, checkKeys, isAmount } from '../pipeline/check.ts';
import type { FileSystem } from '../pipeline/file-system.ts';
import { urlPrefix } from '../pipeline/url-prefix.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { distinctPlugins } from '../plugin/contributions.ts';
import type { Plugin } from '../plugin/plugin.ts';
import type { TaskCatalog } from '../task/catalog.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { SecretValues } from './secrets.ts';

/** What a runner is made of. Store and engine are lent to it: `close` closes both. */
export interface RunnerOptions {
  readonly store: ObjectStore;
  readonly engine: Engine;
  /** What `definePlugin` returns: their hooks, their observers, what they set up. @default none */
  readonly plugins?: readonly Plugin[];
  /** Told of every run, in order, before those of plugins. @default none */
  readonly observers?: readonly Observer[];
  /** @default silent */
  readonly logger?: Logger;
  /** Milliseconds since the epoch. @default the system's */
  readonly clock?: Clock;
  /** From 0 to 1, for the jitter of retries. @default Math.random */
  readonly random?: () => number;
  /** Makes run ids. @default UUID v7 */
  readonly uuid?: () => string;
  /** How many steps run at once. @default 4 */
  readonly concurrency?: number;
  /**
   * Bytes of memory that the tables of a run may take in the engine. Beyond that, tables that are stored are dropped from it, those
   * first that are needed last, and read again when a step needs them; and a step waits for others rather than go beyond it with them.
   * A step gets its inputs and its output in any case, and what its statement needs besides does not count. `Infinity` drops nothing.
   *
   * @default 2 ** 30, 1 GiB: DuckDB-WASM has 3.1 GiB for everything
   */
  readonly memoryBudget?: number;
  /**
   * How much finished work a crash may cost at most where steps with `checkpoint: 'auto'` keep no table, in milliseconds, all
   * steps together. What is being computed, written or committed at that moment comes on top. 0 keeps every table.
   *
   * @default 30_000
   */
  readonly maxLostWorkMs?: number;
  /** Runs the steps that are ready. @default one that runs `concurrency` steps of a run at a time */
  readonly dispatcher?: Dispatcher;
  /** The index of tasks. @default one that is kept in the store */
  readonly catalog?: TaskCatalog;
  /** Removes what must not outlive its run. @default one that deletes key by key */
  readonly cleaner?: Cleaner;
  /** The host's files, for connectors with paths. @default none */
  readonly files?: FileSystem;
  /**
   * The only URLs that connectors may ask, redirects included: prefixes such as `https://data.example.org/open/`. A connector's own
   * `allow` narrows them.
   *
   * @default all
   */
  readonly allowUrls?: readonly string[];
  /** The values of `secret('NAME')`: an object, or a function that looks one up. @default none */
  readonly secrets?: SecretValues;
  /**
   * Whether every run is recorded in the store, for `history`; also one that was killed, when its task is bound next.
   *
   * @default true
   */
  readonly records?: boolean;
  /** What `gc` keeps of the tables in the store. @default 10 GiB of what was used in the last 30 days, and the last successful run of each pipeline */
  readonly retention?: RetentionOptions;
}

const known = [
  'store',
  'engine',
  'plugins',
  'observers',
  'logger',
  'clock',
  'random',
  'uuid',
  'concurrency',
  'memoryBudget',
  'maxLostWorkMs',
  'dispatcher',
  'cleaner',
  'catalog',
  'files',
  'allowUrls',
  'secrets',
  'records',
  'retention',
];

/** The options that have defaults, and those that are what they were. */
export type CheckedRunnerOptions = Omit<RunnerOptions, 'retention'> &
  Required<
    Pick<
      RunnerOptions,
      | 'plugins'
      | 'observers'
      | 'logger'
      | 'concurrency'
      | 'memoryBudget'
      | 'maxLostWorkMs'
      | 'cleaner'
      | 'secrets'
      | 'records'
    >
  > & { readonly retention: Retention };

/** @throws CairnError `invalid_argument` */
export function checkRunnerOptions(options: RunnerOptions): CheckedRunnerOptions {
  checkKeys('createRunner', options, known, 'option');
  const {
    store,
    engine,
    plugins = [],
    observers = [],
    concurrency = 4,
    memoryBudget = 2 ** 30,
    maxLostWorkMs = 30_000,
    dispatcher,
    cleaner = storeCleaner(store),
    secrets = {},
    records = true,
  } = options;
  if (typeof store?.get !== 'function' || typeof engine?.createTable !== 'function') {
    throw invalidArgument('createRunner', 'needs a store and an engine');
  }
  checkCount('createRunner', 'concurrency', concurrency, 1);
  if (!isAmount(memoryBudget) || memoryBudget === 0)
    throw invalidArgument('createRunner', "option 'memoryBudget' needs a number of bytes above 0");
  if (!(maxLostWorkMs >= 0))
    throw invalidArgument('createRunner', "option 'maxLostWorkMs' needs a number of milliseconds from 0 on");
  if (dispatcher !== undefined && typeof dispatcher?.runAll !== 'function')
    throw invalidArgument('createRunner', "option 'dispatcher' needs a function 'runAll'");
  if (typeof cleaner?.deleteTree !== 'function')
    throw invalidArgument('createRunner', "option 'cleaner' needs a function 'deleteTree'");
  const needs = (option: 'catalog' | 'clock' | 'logger', functions: readonly string[]): void => {
    const given = options[option] as Readonly<Record<string, unknown>> | null | undefined;
    const missing = functions.find((name) => given !== undefined && typeof given?.[name] !== 'function');
    if (missing !== undefined)
      throw invalidArgument('createRunner', `option '${option}' needs a function '${missing}'`);
  };
  needs('catalog', ['list', 'get', 'cleaned']);
  needs('clock', ['now']);
  needs('logger', ['debug', 'info', 'warn', 'error']);
  checkAllowUrls(options.allowUrls);
  if (!Array.isArray(observers) || !observers.every((one) => typeof one?.onEvent === 'function'))
    throw invalidArgument(
      'createRunner',
      "option 'observers' needs a list of objects with a function 'onEvent'",
    );
  const logger = carefulLogger(options.logger ?? silentLogger);
  const retention = checkRetention(options.retention);
  const distinct = distinctPlugins('createRunner', plugins);
  return {
    ...options,
    plugins: distinct,
    observers: [...observers, ...distinct.flatMap(observersOf)],
    logger,
    concurrency,
    memoryBudget,
    maxLostWorkMs,
    cleaner,
    secrets,
    records,
    retention,
  };
}

/** The observer of a plugin that takes no options; one that does is made by whoever has them. */
function observersOf({ observer }: Plugin): readonly Observer[] {
  return observer === undefined || typeof observer === 'function' ? [] : [observer];
}

function checkAllowUrls(urls: unknown): void {
  if (urls === undefined) return;
  if (!Array.isArray(urls) || !urls.every((url) => typeof url === 'string' && urlPrefix.test(url))) {
    throw invalidArgument(
      'createRunner',
      "option 'allowUrls' needs a list of absolute URLs without user, query and fragment",
    );
  }
}
