import { isCairnError } from '../errors/cairn-error.ts';
import { isPlainObject } from '../pipeline/check.ts';
import type { RegistryEntry } from '../plugin/contribution.ts';
import { distinctPlugins } from '../plugin/contributions.ts';
import type { Plugin } from '../plugin/plugin.ts';
import { fillText, type Environment } from './references.ts';
import type { ConfigRegistry } from './registry.ts';
import { createReport, type Report } from './report.ts';

/** What a host found where a configuration names a module: its plugins, or why it has none. */
export type LoadedPlugins = readonly Plugin[] | { readonly message: string };

/** What a configuration names as plugins, `${NAME}` filled in, for a host that loads them. Nothing is checked. */
export function namedPlugins(config: unknown, env: Environment = {}): readonly string[] {
  const listed: unknown = isPlainObject(config) ? config['plugins'] : undefined;
  if (!Array.isArray(listed)) return [];
  // What cannot be filled in is told when the configuration is checked.
  const unheard = createReport({});
  return listed
    .filter((name): name is string => typeof name === 'string')
    .map((name) => fillText(name, [], env, unheard).text);
}

/** The plugins of the registry, then those that a configuration names. What is wrong goes to the report. */
export function choosePlugins(
  named: unknown,
  known: readonly Plugin[],
  modules: ReadonlyMap<string, LoadedPlugins>,
  report: Report,
): readonly Plugin[] {
  const plugins = [...known];
  for (const [index, name] of (Array.isArray(named) ? (named as unknown[]) : []).entries()) {
    if (typeof name !== 'string' || name === '') continue;
    const path = ['plugins', index];
    const found = modules.get(name) ?? known.filter((plugin) => plugin.name === name);
    if ('message' in found) {
      report.add({ path, message: found.message });
    } else if (found.length === 0) {
      const names = known.map((plugin) => plugin.name);
      const has = names.length === 0 ? '' : ` (known: ${names.join(', ')})`;
      const message = `is no plugin that is given here${has}, and modules are loaded in Node alone`;
      report.add({ path, name, known: names, message });
    } else {
      plugins.push(...found);
    }
  }
  try {
    return distinctPlugins('plugins', plugins);
  } catch (error) {
    if (!isCairnError(error)) throw error;
    report.add({ path: ['plugins'], message: error.message });
    return [];
  }
}

/**
 * The registry with the types of plugins: each by the plugin's name and its own, and by its own alone where nobody else has
 * one of that name. An observer is called what its plugin is.
 */
export function withPluginTypes(registry: ConfigRegistry, plugins: readonly Plugin[]): ConfigRegistry {
  return {
    ...registry,
    stores: withTypes(registry.stores, plugins, 'stores'),
    engines: withTypes(registry.engines, plugins, 'engines'),
    observers: Object.assign(
      {},
      ...plugins.map((plugin) => plugin['~registry'].observers),
      registry.observers,
    ),
  };
}

function withTypes<Made>(
  own: Readonly<Record<string, RegistryEntry<Made>>> = {},
  plugins: readonly Plugin[],
  kind: 'stores' | 'engines',
): Readonly<Record<string, RegistryEntry<Made>>> {
  const types: Record<string, RegistryEntry<Made>> = {};
  const byShort = new Map<string, string[]>();
  for (const plugin of plugins) {
    const entries = plugin['~registry'][kind] as unknown as Readonly<Record<string, RegistryEntry<Made>>>;
    for (const [short, entry] of Object.entries(entries)) {
      const whole = `${plugin.name}.${short}`;
      types[whole] = entry;
      const wholes = byShort.get(short) ?? [];
      byShort.set(short, [...wholes, whole]);
      types[short] = wholes.length === 0 ? entry : ambiguous([...wholes, whole]);
    }
  }
  return { ...types, ...own };
}

/** Stands for a name that several plugins have, and says so wherever it is used. */
function ambiguous(wholes: readonly string[]): RegistryEntry<never> {
  const message = `there is more than one: ${wholes.join(', ')}`;
  return {
    options: {
      '~standard': {
        version: 1,
        vendor: 'cairn',
        validate: () => ({ issues: [{ message, path: ['type'] }] }),
      },
    },
    create: () => {
      throw new Error(message);
    },
  };
}
