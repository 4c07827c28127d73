import type { TableView } from '@cairn/core/plugin';
import type { Outgoing } from './outgoing-types.ts';

/** A table that leaves, as complete Arrow IPC streams of bounded size, at least one. UUIDs are still plain bytes. */
export async function* viewStreams(input: TableView, { select }: Outgoing): AsyncGenerator<Uint8Array> {
  if (input.streams !== undefined) {
    yield* input.streams(select);
    return;
  }
  const { tableToIPC } = await import('apache-arrow');
  for await (const table of input.batches(select)) yield tableToIPC(table, 'stream');
}
