import type { EngineLoading } from '@cairn/core';
import type { BatchRequest, FetchedBatches, StartedStatement, StartRequest } from '@cairn/core/duckdb';

/** What the page sends to the engine's worker first: where DuckDB's script is, and the one place that extensions may come from. */
export interface EngineStart {
  readonly script: string;
  /** DuckDB's module, to be fetched from there or as another worker compiled it; undefined: DuckDB's script does it all. */
  readonly module: string | WebAssembly.Module | undefined;
  /** Where DuckDB's script will want to fetch the module from. */
  readonly wasm: string;
  /** Undefined: nothing is fetched. */
  readonly repository: string | undefined;
  /** Where batches are asked for. */
  readonly batches: MessagePort;
  /** Where the page hears how the start goes. */
  readonly told: MessagePort;
}

/** What has ended, and when, in milliseconds since the epoch. */
export type EnginePhases = (readonly [name: string, endedAt: number])[];

/** What the page hears: how much is fetched, that the start failed, or that it went well. */
export type EngineStartReport =
  | ({ readonly kind: 'loading' } & EngineLoading)
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'linked'; readonly module: WebAssembly.Module; readonly phases: Readonly<EnginePhases> };

/** What the worker says first: that DuckDB's script hears from now on, and whether it answers at `batches`. */
export interface EngineWorkerReady {
  readonly gathers: boolean;
}

/** What the worker is asked for, beside what DuckDB's own script answers. */
export type BatchesAsked =
  /** See `DuckDbLike.recycle`. Not answered. */
  | { readonly recycled: ArrayBuffer }
  /** See `DuckDbLike.endFetching`: the connection. Not answered. */
  | { readonly ended: number }
  /** See `DuckDbLike.fetchBatches`. */
  | { readonly id: number; readonly connection: number; readonly request: BatchRequest }
  /** See `DuckDbLike.pollAndFetch`. */
  | { readonly id: number; readonly connection: number; readonly poll: StartRequest }
  /** See `DuckDbLike.startAndFetch`. */
  | { readonly id: number; readonly connection: number; readonly text: string; readonly start: StartRequest };

/** What it answers: one of the two. */
export interface BatchesAnswer {
  readonly id: number;
  readonly answer?: FetchedBatches | StartedStatement;
  readonly failure?: { readonly name: string; readonly message: string };
}
