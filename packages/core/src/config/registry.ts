import type { Engine } from '../engine/engine.ts';
import type { Logger } from '../events/logger.ts';
import { loggingObserver } from '../events/logging-observer.ts';
import type { Observer } from '../events/observer.ts';
import type { FileSystem } from '../pipeline/file-system.ts';
import type { RegistryContext, RegistryEntry } from '../plugin/contribution.ts';
import type { Plugin } from '../plugin/plugin.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { FilesConfig, LoggingConfig } from './config.ts';
import { fromLevel } from './log-level.ts';

/** The types that a configuration may name. Adapters have one for their host; own entries are added to it. */
export interface ConfigRegistry {
  readonly stores?: Readonly<Record<string, RegistryEntry<ObjectStore>>>;
  /** The one that is used when the configuration names none is `duckdb`. */
  readonly engines?: Readonly<Record<string, RegistryEntry<Engine>>>;
  readonly observers?: Readonly<Record<string, RegistryEntry<Observer>>>;
  /** Plugins that every runner has; their stores, engines and observers are further types. @default none */
  readonly plugins?: readonly Plugin[];
  /** The host's files, for connectors with paths. @default none */
  readonly files?: FileSystem;
  /** The host's files where a configuration says how far paths may lead. @default there are no local files */
  confineFiles?(files: FilesConfig, context: RegistryContext): FileSystem;
  /** Takes what a configuration asks to be logged, when no other logger is given. @default silent */
  readonly logger?: Logger;
}

/** The plugins and the types of both; where both have a type, it is the second's. */
export function mergeRegistries(one: ConfigRegistry, other: ConfigRegistry): ConfigRegistry {
  return {
    ...one,
    ...other,
    plugins: [...(one.plugins ?? []), ...(other.plugins ?? [])],
    stores: { ...one.stores, ...other.stores },
    engines: { ...one.engines, ...other.engines },
    observers: { ...one.observers, ...other.observers },
  };
}

/** What needs no host. */
export const coreRegistry: ConfigRegistry = Object.freeze({
  stores: {
    memory: {
      create: (_: object, { clock }: RegistryContext) => memoryStore({ now: () => clock.now() }),
    },
  },
  observers: {
    logging: {
      create: ({ level }: LoggingConfig, { logger }: RegistryContext) =>
        loggingObserver({ logger: fromLevel(level, logger) }),
    },
  },
});
