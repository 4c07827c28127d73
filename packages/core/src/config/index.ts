export { invalidConfig, type ConfigIssue, type ConfigOrigin } from '../errors/config-errors.ts';
export { checkConfig, type CheckConfigOptions, type CheckedConfig } from './check-config.ts';
export {
  defineConfig,
  type CairnConfig,
  type EngineConfig,
  type EngineTypes,
  type FilesConfig,
  type LoggingConfig,
  type ObservabilityConfig,
  type ObserverConfig,
  type ObserverTypes,
  type RunConfig,
  type StorageConfig,
  type StorageTypes,
} from './config.ts';
export { namedPlugins, type LoadedPlugins } from './choose-plugins.ts';
export type { Environment } from './references.ts';
export type { RegistryContext, RegistryEntry } from '../plugin/contribution.ts';
export { mergeRegistries, type ConfigRegistry } from './registry.ts';
export { runnerFromConfig, type RunnerFromConfigOptions } from './runner-from-config.ts';
export type { ConfigPath, ConfigSource } from './source.ts';
