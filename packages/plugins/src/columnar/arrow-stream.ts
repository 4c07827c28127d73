import type * as Arrow from 'apache-arrow';

/** The schema of an Arrow IPC stream. */
export function decodeSchema(arrow: typeof Arrow, stream: Uint8Array): Arrow.Schema {
  return arrow.RecordBatchReader.from(stream).open().schema;
}

/**
 * A complete Arrow IPC stream. The library's own `tableToIPC` fails on a table without batches that has lists: it makes one up that it
 * cannot write.
 */
export function encodeStream(
  arrow: typeof Arrow,
  schema: Arrow.Schema,
  batches: readonly Arrow.RecordBatch[],
): Uint8Array {
  const writer = new arrow.RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  for (const batch of batches) writer.write(batch);
  return writer.finish().toUint8Array(true);
}
