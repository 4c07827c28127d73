import * as v from 'valibot';
import type {
  CairnConfig,
  EngineConfig,
  LoggingConfig,
  ObservabilityConfig,
  ObserverConfig,
  StorageConfig,
} from './config.ts';

/** What a key is for, for the JSON Schema. */
export const about = <Value>(description: string): v.DescriptionAction<Value, string> =>
  v.description(description);
/** A text that is not empty. */
export const text = (): v.GenericSchema<unknown, string> =>
  v.pipe(v.string('must be a text'), v.nonEmpty('must not be empty'));
/** True or false. */
export const flag = (): v.GenericSchema<unknown, boolean> => v.boolean('must be true or false');

const positive = 'must be a number of milliseconds above 0';
const wholeNumber = 'must be a whole number from 1 on';
const bytes = 'must be a number of bytes above 0';
const amount = 'must be a number from 0 on';
const count = 'must be a whole number from 0 on';
const secretText = 'must name an environment variable, as ${VARIABLE}: a secret is not written down here';

const fs = {
  root: v.pipe(text(), about('The folder, relative to this file; made when it is missing')),
};
const indexeddb = {
  database: v.optional(v.pipe(text(), about("The name of the IndexedDB database (default: 'cairn')"))),
};
const logging = {
  level: v.optional(
    v.pipe(
      v.picklist(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error'),
      about('From which level on events are logged (default: info)'),
    ),
  ),
};
const duckdb = {
  settings: v.optional(
    v.pipe(
      record(v.union([v.string(), v.number(), v.boolean()], 'must be a text, a number, true or false')),
      about('DuckDB settings by name, such as memory_limit; part of every fingerprint'),
    ),
  ),
  extensions: v.optional(
    v.pipe(
      strict({
        repository: v.pipe(text(), about('The URL of an extension repository')),
        names: v.pipe(v.array(text(), 'must be a list'), about('The extensions to load')),
      }),
      about('DuckDB extensions to load at the start; none is ever loaded otherwise'),
    ),
  ),
  answerTimeoutMs: v.optional(
    v.pipe(
      v.number(positive),
      v.gtValue(0, positive),
      about('The engine is ended and started anew after so long without an answer (default: 300000)'),
    ),
  ),
  sandbox: v.optional(
    v.pipe(
      v.boolean('must be true or false'),
      about('Whether SQL is kept from files, the network, extensions and settings (default: false)'),
    ),
  ),
};

/** The types that Cairn's packages bring, and the keys that they take beside `type`. */
export const builtIns: Readonly<Record<'stores' | 'engines' | 'observers', BuiltIns>> = {
  stores: { fs, memory: {}, indexeddb },
  engines: { duckdb },
  observers: { logging },
};

/** Keys by the name of the type. */
export type BuiltIns = Readonly<Record<string, v.ObjectEntries>>;

/** An object with any keys. */
export function record<Value extends v.GenericSchema>(
  value: Value,
): v.RecordSchema<v.StringSchema<undefined>, Value, string> {
  return noList(v.record(v.string(), value, 'must be an object'));
}

/** For valibot a list is an object. */
function noList<Schema extends v.GenericSchema>(schema: Schema): Schema {
  return {
    ...schema,
    '~run'(dataset, config) {
      if (!Array.isArray(dataset.value)) return schema['~run'](dataset, config);
      v._addIssue(this, 'type', dataset, config);
      return dataset as never;
    },
  };
}

/** What stands where a registry decides. */
export interface Slots {
  readonly storage: v.GenericSchema<unknown, StorageConfig>;
  readonly engine: v.GenericSchema<unknown, EngineConfig>;
  readonly observer: v.GenericSchema<unknown, ObserverConfig>;
  readonly logging: v.GenericSchema<unknown, LoggingConfig>;
}

/**
 * The one definition of a configuration. It is checked with open slots, since a registry knows more types than Cairn
 * does; the JSON Schema is made with slots that are strict for the built-in ones.
 */
export function configSchema(slots: Slots): v.GenericSchema<unknown, CairnConfig> {
  const observability: v.GenericSchema<unknown, ObservabilityConfig> = strict({
    logging: v.optional(
      v.pipe(
        v.union([v.boolean(), slots.logging], 'must be true, false or an object'),
        about('Log the events of runs; true is level info'),
      ),
    ),
    records: v.optional(v.pipe(flag(), about('Keep records of runs, for runner.history() (default: true)'))),
    observers: v.optional(
      v.pipe(v.array(slots.observer, 'must be a list'), about('Further observers, told in this order')),
    ),
  });
  const run = strict({
    correlationId: v.optional(
      v.pipe(v.nullable(text()), about('Names the task to resume; null turns resuming off')),
    ),
    failFast: v.optional(v.pipe(flag(), about('Stop everything at the first failed step'))),
    strictRecovery: v.optional(
      v.pipe(flag(), about('Refuse to begin again a step that was at work when a run was killed')),
    ),
  });
  const retention = strict({
    maxBytes: v.optional(
      v.pipe(v.number(amount), v.minValue(0, amount), about('Bytes of tables to keep (default: 10 GiB)')),
    ),
    maxAge: v.optional(
      v.pipe(
        v.number(amount),
        v.minValue(0, amount),
        about('Milliseconds for which a table is kept that nobody uses (default: 30 days)'),
      ),
    ),
    keepLast: v.optional(
      v.pipe(
        v.number(count),
        v.safeInteger(count),
        v.minValue(0, count),
        about('Tables of so many of the last successful runs of each pipeline stay (default: 1)'),
      ),
    ),
    keepTagged: v.optional(
      v.pipe(
        v.array(text(), 'must be a list'),
        about('Tables of tasks with one of these tags stay (default: keep)'),
      ),
    ),
  });
  const files = strict({
    root: v.pipe(text(), about('The folder that paths may not lead out of, relative to this file')),
    allow: v.optional(
      v.pipe(v.array(text(), 'must be a list'), about('Further folders that they may lead to')),
    ),
  });
  const secret = v.pipe(v.string(secretText), v.regex(/(?:^|[^$])\$\{[A-Za-z_][A-Za-z0-9_]*\}/, secretText));
  return strict({
    $schema: v.optional(v.pipe(v.string('must be a text'), about('Where editors find the schema'))),
    storage: v.pipe(slots.storage, about('Where checkpoints, tasks and records are kept')),
    engine: v.optional(v.pipe(slots.engine, about('What runs SQL (default: DuckDB-WASM)'))),
    observability: v.optional(v.pipe(observability, about('Who is told of what happens in runs'))),
    concurrency: v.optional(
      v.pipe(
        v.number(wholeNumber),
        v.safeInteger(wholeNumber),
        v.minValue(1, wholeNumber),
        about('How many steps run at once (default: 4)'),
      ),
    ),
    memoryBudget: v.optional(
      v.pipe(
        v.number(bytes),
        v.gtValue(0, bytes),
        about('Bytes of memory that the tables of a run may take in the engine (default: 1 GiB)'),
      ),
    ),
    maxLostWorkMs: v.optional(
      v.pipe(
        v.number(amount),
        v.minValue(0, amount),
        about('Milliseconds of work that a crash may cost where checkpoint is auto (default: 30000)'),
      ),
    ),
    retention: v.optional(v.pipe(retention, about('What is kept when tables are tidied up'))),
    files: v.optional(v.pipe(files, about('Where the paths of connectors may lead (default: anywhere)'))),
    allowUrls: v.optional(
      v.pipe(
        v.array(text(), 'must be a list'),
        about('Prefixes of the only URLs that connectors may ask (default: all)'),
      ),
    ),
    plugins: v.optional(
      v.pipe(
        v.array(text(), 'must be a list'),
        about(
          'Plugins: files (./my-plugin.ts, relative to this file), packages, or names that the program knows',
        ),
      ),
    ),
    secrets: v.optional(
      v.pipe(record(secret), about("The values of secret('NAME'), from environment variables")),
    ),
    pipeline: v.optional(
      v.pipe(text(), about('The pipeline file that cairn run runs, relative to this file')),
    ),
    params: v.optional(
      v.pipe(record(v.unknown()), about('Params of the pipeline, where the command line gives no others')),
    ),
    run: v.optional(v.pipe(run, about('What cairn run passes to a run'))),
  });
}

/** Slots that take any type; its options are checked once it is known which it is. */
export function openSlots(): Slots {
  const name = v.pipe(v.string('must be the name of a type'), v.nonEmpty('must not be empty'));
  const typed = noList(v.looseObject({ type: name }, 'must be an object with a type'));
  return {
    storage: typed as never,
    engine: noList(v.looseObject({ type: v.optional(name) }, 'must be an object')) as never,
    observer: typed as never,
    logging: noList(v.looseObject({})),
  };
}

/**
 * An object with these keys and no others. `v.strictObject` tells the first unknown key alone; and an issue does not
 * know what it is an issue of, so that the message of an unknown key is the list of the known ones.
 */
export function strict<const Entries extends v.ObjectEntries>(
  entries: Entries,
  besides: readonly string[] = [],
): v.ObjectWithRestSchema<Entries, v.NeverSchema<string>, string> {
  const known = [...besides, ...Object.keys(entries)].join(', ');
  return noList(v.objectWithRest(entries, v.never(known), 'must be an object'));
}
