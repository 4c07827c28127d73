import type { DuckDbLike } from '@cairn/core/duckdb';

/** What the engine's thread is asked to do: a method of the database, by name. */
export interface EngineRequest {
  readonly id: number;
  readonly method: Exclude<keyof DuckDbLike, 'recycle'>;
  readonly args: readonly unknown[];
}

/** What the engine's thread says: that it is ready, or how a request went. */
export type EngineResponse =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly name: string; readonly message: string };

/** What the engine's thread is started with. */
export interface EngineThreadData {
  /** Where extensions may be fetched from; nothing is fetched when it is undefined. */
  readonly repository: string | undefined;
}
