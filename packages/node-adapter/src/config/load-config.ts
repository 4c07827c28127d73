import type { CheckedConfig, ConfigRegistry, Environment } from '@cairn/core/config';

/** What {@link loadConfig} may be told. */
export interface LoadConfigOptions {
  /** Further types, added to those of {@link nodeRegistry}. @default none */
  readonly registry?: ConfigRegistry;
  /** The variables that `${NAME}` stands for. @default process.env */
  readonly env?: Environment;
}

/** A configuration that was read and holds. */
export interface LoadedConfig extends CheckedConfig {
  /** The file, absolute. */
  readonly path: string;
  /** Its folder, absolute: what relative paths in it are relative to. */
  readonly folder: string;
  /** The pipeline file, absolute. */
  readonly pipeline: string | undefined;
}

/**
 * Reads and checks a configuration file: YAML, JSON, TypeScript or JavaScript. Nothing is made or opened before
 * `createRunner` is called.
 *
 * @param path A file, or a folder that may have a `cairn.config.yaml`, `.yml`, `.json`, `.ts`, `.mts`, `.js` or `.mjs`.
 * @returns undefined when the folder has none
 * @throws CairnError `invalid_config` with all that is wrong in `details.issues`, `file_not_found`, `file_not_readable`
 */
export async function loadConfig(
  path = '.',
  options: LoadConfigOptions = {},
): Promise<LoadedConfig | undefined> {
  // Whoever configures nothing need not wait for what reads configurations.
  const { readConfig } = await import('./read-config.ts');
  return readConfig(path, options);
}
