import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import { ambiguousContribution, duplicatePlugin, unknownContribution } from '../errors/plugin-errors.ts';
import type { ContributionKinds } from './contribution.ts';
import { isPlugin, type ContributionFunction, type Plugin } from './plugin.ts';

/** The kinds of contributions that a pipeline can name. */
export type NamedKind = 'source' | 'sink' | 'transform' | 'check';

/**
 * What plugins contribute, by name: `csv.csv` (plugin and contribution), or `csv` where no other plugin has one of that name.
 * Each function throws `unknown_contribution`, `ambiguous_contribution`, and what the contribution throws
 * (`invalid_argument`, `plugin_failed`).
 */
export interface Contributions {
  source(name: string, options: unknown): ContributionKinds['source'];
  sink(name: string, options: unknown): ContributionKinds['sink'];
  transform(name: string, options: unknown): ContributionKinds['transform'];
  check(name: string, options: unknown): ContributionKinds['check'];
  /** The shortest name of each contribution of a kind, in the order of the plugins. */
  names(kind: NamedKind): readonly string[];
}

interface Named {
  readonly short: string;
  readonly whole: string;
  readonly make: ContributionFunction<unknown>;
}

const keys = { source: 'sources', sink: 'sinks', transform: 'transforms', check: 'checks' } as const;

/**
 * Looks up what plugins contribute, as pipelines in YAML do. A plugin that is listed twice counts once.
 *
 * @throws CairnError `duplicate_plugin`, `invalid_argument` for what is no plugin
 * @example
 * const connector = contributions([csvPlugin]).source('csv', { path: 'data/airports.csv' });
 */
export function contributions(plugins: readonly Plugin[]): Contributions {
  const all = distinctPlugins('contributions', plugins);
  const named = (kind: NamedKind): readonly Named[] =>
    all.flatMap((plugin) =>
      Object.entries(plugin[keys[kind]]).map(([short, make]) => ({
        short,
        whole: `${plugin.name}.${short}`,
        make,
      })),
    );
  const lists = new Map((Object.keys(keys) as NamedKind[]).map((kind) => [kind, named(kind)] as const));
  const listOf = (kind: NamedKind): readonly Named[] => lists.get(kind) ?? [];
  const isUnique = (kind: NamedKind, name: string): boolean =>
    listOf(kind).filter(({ short, whole }) => short === name || whole === name).length === 1;
  const names = (kind: NamedKind): readonly string[] =>
    listOf(kind).map(({ short, whole }) => (isUnique(kind, short) ? short : whole));
  const find = (kind: NamedKind, name: string): Named => {
    const list = listOf(kind);
    const whole = list.find((one) => one.whole === name);
    if (whole !== undefined) return whole;
    const [found, ...more] = list.filter(({ short }) => short === name);
    if (found === undefined) {
      const every = list.flatMap((one) => [one.short, one.whole]);
      throw unknownContribution(kind, name, names(kind), every);
    }
    if (more.length === 0) return found;
    throw ambiguousContribution(
      kind,
      name,
      [found, ...more].map((one) => one.whole),
    );
  };
  const make = (kind: NamedKind, name: string, options: unknown): never =>
    find(kind, name).make(options as never) as never;
  return Object.freeze({
    source: (name: string, options: unknown) => make('source', name, options),
    sink: (name: string, options: unknown) => make('sink', name, options),
    transform: (name: string, options: unknown) => make('transform', name, options),
    check: (name: string, options: unknown) => make('check', name, options),
    names,
  });
}

/**
 * The plugins, each once.
 *
 * @throws CairnError `duplicate_plugin` for two of one name, `invalid_argument` for what is no plugin
 */
export function distinctPlugins(where: string, plugins: readonly Plugin[]): readonly Plugin[] {
  if (!Array.isArray(plugins))
    throw invalidArgument(where, `plugins must be a list, not ${describe(plugins)}`);
  const wrong = plugins.findIndex((plugin) => !isPlugin(plugin));
  if (wrong >= 0) {
    const what = describe(plugins[wrong]);
    throw invalidArgument(where, `plugins[${wrong}] must be what definePlugin returns, not ${what}`);
  }
  const byName = new Map<string, Plugin>();
  for (const plugin of plugins as readonly Plugin[]) {
    const other = byName.get(plugin.name.toLowerCase());
    if (other === plugin) continue;
    if (other !== undefined) throw duplicatePlugin(plugin.name, [other.version, plugin.version]);
    byName.set(plugin.name.toLowerCase(), plugin);
  }
  return [...byName.values()];
}
