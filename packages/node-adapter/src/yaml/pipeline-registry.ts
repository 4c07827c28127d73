import { contributions, isPlugin, type Contributions, type Plugin } from '@cairn/core/plugin';
import { loadExports } from '../load-module.ts';

/**
 * What a pipeline file may name: what the given plugins have, and what those of `@cairn/plugins` have, where it is found
 * from the file or from here.
 */
export async function pipelineRegistry(file: string, plugins: readonly Plugin[]): Promise<Contributions> {
  const isGiven = ({ name }: Plugin): boolean => plugins.some((plugin) => plugin.name === name);
  const standard = await standardPlugins(file);
  return contributions([...plugins, ...standard.filter((plugin) => !isGiven(plugin))]);
}

async function standardPlugins(file: string): Promise<readonly Plugin[]> {
  const name = '@cairn/plugins';
  const exports = (await loadExports(name, file)) ?? (await loadExports(name, import.meta.filename));
  const list: unknown = exports?.['standardPlugins'];
  return typeof list === 'function' ? (list as () => unknown[])().filter(isPlugin) : [];
}
