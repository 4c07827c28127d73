import type { Runner, RunnerOptions } from '@cairn/core';
import { fileNotFound } from '@cairn/core/plugin';
import { loadConfig, type LoadConfigOptions } from './load-config.ts';

/** What {@link runnerFromYaml} may be told, and whatever else a runner may be given. */
export interface RunnerFromYamlOptions extends LoadConfigOptions, Partial<RunnerOptions> {}

/**
 * Makes the runner that a configuration file describes: YAML, or any other that {@link loadConfig} reads. What is given
 * here besides wins over the file, except for observers, which are told after the configured ones.
 *
 * @throws CairnError `invalid_config` with all that is wrong in `details.issues`, `file_not_found`, `file_not_readable`
 * @example
 * await using runner = await runnerFromYaml('cairn.config.yaml');
 */
export async function runnerFromYaml(
  path: string,
  { registry, env, ...runner }: RunnerFromYamlOptions = {},
): Promise<Runner> {
  const loaded = await loadConfig(path, {
    ...(registry === undefined ? {} : { registry }),
    ...(env === undefined ? {} : { env }),
  });
  if (loaded === undefined) throw fileNotFound(`${path}/cairn.config.yaml`);
  return loaded.createRunner(runner);
}
