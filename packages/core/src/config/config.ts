import type { RetentionOptions } from '../checkpoint/retention.ts';

/**
 * The types of stores, each with the keys that it takes. A package that brings another one adds it, so that
 * {@link defineConfig} knows it:
 *
 * @example
 * declare module '@cairn/core/config' {
 *   interface StorageTypes { s3: { readonly bucket: string } }
 * }
 */
export interface StorageTypes {
  /** Files in a folder; in Node. */
  readonly fs: {
    /** The folder, relative to the configuration's; made when it is missing. */
    readonly root: string;
  };
  /** Lives as long as the runner. */
  readonly memory: object;
  /** A database of the browser, shared by the tabs of an origin. */
  readonly indexeddb: {
    /** @default 'cairn' */
    readonly database?: string | undefined;
  };
}

/** The types of engines, each with the keys that it takes; may be added to as {@link StorageTypes}. */
export interface EngineTypes {
  /** DuckDB-WASM. */
  readonly duckdb: {
    /** DuckDB settings by name, such as `memory_limit: 1GB`; part of the engine's identity. @default none */
    readonly settings?: Readonly<Record<string, string | number | boolean>> | undefined;
    /** Extensions to load at the start, and the URL of the repository that has them. @default none */
    readonly extensions?: { readonly repository: string; readonly names: readonly string[] } | undefined;
    /** The engine is ended and started anew after so many milliseconds without an answer. @default 300_000 */
    readonly answerTimeoutMs?: number | undefined;
    /** Whether SQL is kept from files, the network, extensions and settings. @default false */
    readonly sandbox?: boolean | undefined;
  };
}

/** The types of observers, each with the keys that it takes; may be added to as {@link StorageTypes}. */
export interface ObserverTypes {
  readonly logging: LoggingConfig;
}

/** Options of the log of events. */
export interface LoggingConfig {
  /** From which level on events are logged. @default 'info' */
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | undefined;
}

type Typed<Types> = { [Type in keyof Types]: { readonly type: Type } & Types[Type] }[keyof Types];

/** Where checkpoints, tasks and records are kept. */
export type StorageConfig = Typed<StorageTypes>;

/** What runs SQL. */
export type EngineConfig = Typed<EngineTypes> | ({ readonly type?: undefined } & EngineTypes['duckdb']);

/** An observer of a type that the registry knows. */
export type ObserverConfig = Typed<ObserverTypes>;

/** Who is told of what happens in runs. */
export interface ObservabilityConfig {
  /** Log the events of runs; `true` is level `info`. @default false */
  readonly logging?: boolean | LoggingConfig | undefined;
  /** Keep a record of every run of a pipeline, a process and a step, for `runner.history()`. @default true */
  readonly records?: boolean | undefined;
  /** Further observers, told in this order, after the log. @default none */
  readonly observers?: readonly ObserverConfig[] | undefined;
}

/** Where the paths of connectors may lead. */
export interface FilesConfig {
  /** The folder that they may not lead out of, relative to the configuration; relative paths start there. */
  readonly root: string;
  /** Further folders that they may lead to. @default none */
  readonly allow?: readonly string[] | undefined;
}

/** What `cairn run` passes to a run. */
export interface RunConfig {
  /** Names the task; null turns resuming off. @default made of the pipeline's name and its params */
  readonly correlationId?: string | null | undefined;
  /** Stop everything at the first failed step. @default false */
  readonly failFast?: boolean | undefined;
  /** Refuse to begin again a step that was at work when a run was killed. @default false */
  readonly strictRecovery?: boolean | undefined;
}

/**
 * A configuration, as `cairn.config.yaml`, `.json` or `.ts` has it: plain data. In every text `${NAME}` stands for an
 * environment variable, and `$${` for `${`.
 */
export interface CairnConfig {
  /** Where editors find the schema; of no effect. */
  readonly $schema?: string | undefined;
  readonly storage: StorageConfig;
  /** @default DuckDB-WASM with its defaults */
  readonly engine?: EngineConfig | undefined;
  /** @default nobody is told */
  readonly observability?: ObservabilityConfig | undefined;
  /** How many steps run at once. @default 4 */
  readonly concurrency?: number | undefined;
  /** Bytes of memory that the tables of a run may take in the engine. @default 1073741824, 1 GiB */
  readonly memoryBudget?: number | undefined;
  /** How much finished work a crash may cost at most where steps have `checkpoint: auto`, in milliseconds. @default 30_000 */
  readonly maxLostWorkMs?: number | undefined;
  /** What `runner.gc()` keeps of the tables in the store. */
  readonly retention?: RetentionOptions | undefined;
  /** Where the paths of connectors may lead. @default anywhere */
  readonly files?: FilesConfig | undefined;
  /** Prefixes of the only URLs that connectors may ask, redirects included. @default all */
  readonly allowUrls?: readonly string[] | undefined;
  /**
   * Plugins by name: of those that the registry has, or, in Node, modules. `./my-plugin.ts` is a file, relative to the
   * configuration; anything else is a package.
   *
   * @default none
   */
  readonly plugins?: readonly string[] | undefined;
  /** The values of `secret('NAME')`, each with at least one `${VARIABLE}` in it. @default none */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** The pipeline file that `cairn run` runs when none is named, relative to the configuration. */
  readonly pipeline?: string | undefined;
  /** Params of the pipeline, for the command line, where it gives no others. @default none */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** What the command line passes to a run, where it is not told otherwise. */
  readonly run?: RunConfig | undefined;
}

/**
 * Gives back what it is given. In `cairn.config.ts` it makes the editor know the keys.
 *
 * @example
 * export default defineConfig({ storage: { type: 'fs', root: '.cairn' } });
 */
export function defineConfig(config: CairnConfig): CairnConfig {
  return config;
}
