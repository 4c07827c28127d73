import { isBranded, type Branded } from '../pipeline/brand.ts';
import type { Observer } from '../events/observer.ts';
import type { ContributionKinds, RegistryEntry } from './contribution.ts';
import type { Engine } from '../engine/engine.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** Makes something of options; each plugin's own functions say which. */
export type ContributionFunction<Made> = (options: never, ...context: never[]) => Made;

/** Functions by name. */
export type ContributionFunctions<Made> = Readonly<Record<string, ContributionFunction<Made>>>;

/** The types that a configuration may name because of a plugin. */
export interface PluginRegistry {
  readonly stores: Readonly<Record<string, RegistryEntry<ObjectStore>>>;
  readonly engines: Readonly<Record<string, RegistryEntry<Engine>>>;
  readonly observers: Readonly<Record<string, RegistryEntry<Observer>>>;
}

/** What {@link definePlugin} returns: frozen, and shared by as many runners as like. */
export interface Plugin extends Branded<'plugin'> {
  readonly name: string;
  readonly version: string;
  readonly sources: ContributionFunctions<ContributionKinds['source']>;
  readonly sinks: ContributionFunctions<ContributionKinds['sink']>;
  readonly transforms: ContributionFunctions<ContributionKinds['transform']>;
  readonly checks: ContributionFunctions<ContributionKinds['check']>;
  readonly stores: ContributionFunctions<ContributionKinds['store']>;
  readonly engines: ContributionFunctions<ContributionKinds['engine']>;
  /** Told of the runs of runners that have the plugin; or a function that makes one, for the option `observers`. */
  readonly observer: Observer | ContributionFunction<Observer> | undefined;
  /** Its stores, engines and observer as a configuration's registry takes them. */
  readonly '~registry': PluginRegistry;
}

/** Says whether a value is what {@link definePlugin} returns, of this copy of the library or another. */
export function isPlugin(value: unknown): value is Plugin {
  return isBranded(value, 'plugin');
}
