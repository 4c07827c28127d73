import type { ObjectStore } from '@cairn/core';

/** Values as texts, and logs as lists of them, by their key below a scenario's prefix. */
export type State = Readonly<Record<string, string | readonly string[]>>;

export interface Scenario {
  readonly prefix: string;
  readonly prepared: 'free' | 'held' | 'plain';
  readonly changes: Readonly<Record<string, object>>;
}

export const initial: State;
export const scenarios: Readonly<Record<string, Scenario>>;
export function stateOf(store: ObjectStore, prefix: string): Promise<State>;
export function statesOf(scenario: Scenario): State[];
