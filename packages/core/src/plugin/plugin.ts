import { isBranded, type Branded } from '../pipeline/brand.ts';
import type { Observer } from '../events/observer.ts';
import type { Clock } from '../events/clock.ts';
import type { Logger } from '../events/logger.ts';
import type { ContributionKinds, RegistryEntry } from './contribution.ts';
import type { PluginHooks } from './hooks.ts';
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

/** What a plugin's `setup` is given. */
export interface SetupContext {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Aborted when the runner is closed. */
  readonly signal: AbortSignal;
}

/** Undoes what `setup` did. Called when the runner is closed, once its runs are over and before its store is closed. */
export type Teardown = () => void | Promise<void>;

/**
 * Called once for every runner that has the plugin, soon after it is made, and waited for before the first run. What it throws
 * keeps the runner from running anything.
 */
export type PluginSetup = (context: SetupContext) => void | Teardown | Promise<void | Teardown>;

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
  readonly hooks: PluginHooks;
  /** Called once for every runner that has the plugin. */
  readonly setup: PluginSetup | undefined;
  /** Its stores, engines and observer as a configuration's registry takes them. */
  readonly '~registry': PluginRegistry;
}

/** Says whether a value is what {@link definePlugin} returns, of this copy of the library or another. */
export function isPlugin(value: unknown): value is Plugin {
  return isBranded(value, 'plugin');
}
