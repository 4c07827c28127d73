import type { Runner } from '../run/runner.ts';
import type { RunnerOptions } from '../run/runner-options.ts';
import { checkConfig, type CheckConfigOptions } from './check-config.ts';

/** What {@link runnerFromConfig} needs, and whatever else a runner may be given. */
export interface RunnerFromConfigOptions extends CheckConfigOptions, Partial<RunnerOptions> {}

/**
 * Makes the runner that a configuration describes. `storage` is required. What is given here besides wins over the
 * configuration, except for observers, which are told after the configured ones.
 *
 * @param config A {@link CairnConfig}; whatever else it is, is told.
 * @throws CairnError `invalid_config` with all that is wrong in `details.issues`, `invalid_argument`
 * @example
 * const runner = runnerFromConfig({ storage: { type: 'fs', root: '.cairn' } }, { registry: nodeRegistry() });
 */
export function runnerFromConfig(config: unknown, options: RunnerFromConfigOptions): Runner {
  const { registry, env, folder, source, modules, ...runner } = options;
  return checkConfig(config, {
    registry,
    ...(env === undefined ? {} : { env }),
    ...(folder === undefined ? {} : { folder }),
    ...(source === undefined ? {} : { source }),
    ...(modules === undefined ? {} : { modules }),
  }).createRunner(runner);
}
