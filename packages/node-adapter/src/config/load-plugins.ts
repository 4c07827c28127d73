import { namedPlugins, type Environment, type LoadedPlugins } from '@cairn/core/config';
import { isPlugin, type Plugin } from '@cairn/core/plugin';
import { loadExports } from '../load-module.ts';

/**
 * Loads the modules that a configuration names as plugins. What goes wrong is kept with the name, so that it is told along
 * with all else that is wrong with the configuration.
 *
 * @param known Plugins that are there already; their names are no modules.
 * @param file The configuration, absolute: what relative paths are relative to, and packages are found from.
 */
export async function loadPlugins(
  config: unknown,
  known: readonly Plugin[],
  env: Environment,
  file: string,
): Promise<ReadonlyMap<string, LoadedPlugins>> {
  const loaded = new Map<string, LoadedPlugins>();
  for (const name of namedPlugins(config, env)) {
    if (name !== '' && !known.some((plugin) => plugin.name === name))
      loaded.set(name, await loadOne(name, file));
  }
  return loaded;
}

async function loadOne(name: string, file: string): Promise<LoadedPlugins> {
  let exports: Readonly<Record<string, unknown>> | undefined;
  try {
    exports = await loadExports(name, file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { message: `the module '${name}' could not be loaded: ${why}` };
  }
  if (exports === undefined) {
    const hint = /^[./]/.test(name) ? '' : '; a file begins with ./';
    return { message: `there is no module '${name}'${hint}` };
  }
  const { default: main, ...named } = exports;
  const listed = Array.isArray(main) ? (main as readonly unknown[]) : [main];
  const plugins = listed.some(isPlugin) ? listed : Object.values(named);
  const found = [...new Set(plugins.filter(isPlugin))];
  return found.length > 0
    ? found
    : { message: `the module '${name}' exports no plugin (export default definePlugin({ ... }))` };
}
