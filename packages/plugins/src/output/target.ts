import type { ConnectorContext, Receipt } from '@cairn/core/plugin';

/** What a target keeps of what is written there, besides the bytes. */
export interface Facts {
  readonly rows: number;
}

/**
 * Where a sink's bytes go: the two phases of a sink. A killed run leaves the old output or the new one, never a part. All methods
 * are called with the sink's own context.
 */
export interface Target {
  /** For the connector's `location`. */
  readonly location: Readonly<Record<string, unknown>>;
  /** Writes the chunks aside, in order, no more than some of them in memory. What it gives holds `bytes`, `sha256` and the facts. */
  prepare(chunks: AsyncIterable<Uint8Array>, facts: Facts, context: ConnectorContext): Promise<Receipt>;
  commit(prepared: Receipt, context: ConnectorContext): Promise<Receipt>;
  rollback(prepared: Receipt, context: ConnectorContext): Promise<void>;
  verify(receipt: Receipt, context: ConnectorContext): Promise<boolean>;
}
