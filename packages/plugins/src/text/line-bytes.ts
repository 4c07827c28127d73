import type { ConnectorContext, Sql, TableView } from '@cairn/core/plugin';

/**
 * The bytes of a text for each row, one behind the other, as the engine has written them.
 *
 * @param lines Selects the text.
 */
export async function* lineBytes(
  input: TableView,
  lines: Sql,
  context: ConnectorContext,
): AsyncGenerator<Uint8Array> {
  let rows = 0;
  for await (const { batches, numRows } of input.batches(lines)) {
    for (const batch of batches) {
      const data = batch.data.children[0];
      if (data === undefined) continue;
      const offsets = data.valueOffsets as Int32Array;
      yield (data.values as Uint8Array).subarray(offsets[0], offsets[data.length]);
    }
    rows += numRows;
    context.progress(rows, input.rows);
  }
}
