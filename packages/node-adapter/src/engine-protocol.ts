import type { DuckDbLike } from '@cairn/core/duckdb';

/** What the engine's thread is asked to do: a method of the database, by name. */
export interface EngineRequest {
  readonly id: number;
  readonly method: Exclude<keyof DuckDbLike, 'recycle'>;
  readonly args: readonly unknown[];
}

/** What the engine's thread says: that it is ready, or how a request went. */
export type EngineResponse =
  | {
      readonly kind: 'ready';
      /** Handed to the next thread, which then need not compile it; left out when it was compiled elsewhere. */
      readonly module: object | undefined;
      /** When each phase of the start ended, in milliseconds since the epoch. */
      readonly phases: readonly (readonly [name: string, endedAt: number])[];
    }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly name: string; readonly message: string };

/** What the engine's thread is started with. */
export interface EngineThreadData {
  /** Where extensions may be fetched from; nothing is fetched when it is undefined. */
  readonly repository: string | undefined;
  /** Whether the module is compiled without the exports that only extensions need. */
  readonly isLean: boolean;
  /** The module, as another thread compiled it. */
  readonly module: object | undefined;
}
