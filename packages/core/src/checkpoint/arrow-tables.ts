import type { RecordBatch, Schema, Table } from 'apache-arrow';

/** One Table of several complete Arrow IPC streams of one schema. */
export async function tableOfStreams(
  streams: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Table> {
  const arrow = await import('apache-arrow');
  let schema: Schema | undefined;
  const batches: RecordBatch[] = [];
  for await (const bytes of streams) {
    const table = arrow.tableFromIPC(bytes);
    schema ??= table.schema;
    for (const batch of table.batches) if (batch.numRows > 0) batches.push(batch);
  }
  return new arrow.Table(schema ?? new arrow.Schema([]), batches);
}
