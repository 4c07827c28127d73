import { concatBytes } from '../columnar/bytes.ts';
import { endOfStream, messagesOf, rowsOf } from '../columnar/ipc-message.ts';

/** A row group is never larger than this before it is encoded, however few rows it has: it is in memory more than once. */
const groupBytes = 64 * 1024 * 1024;

/** The rows of a row group to be, as a complete Arrow IPC stream. */
export interface PlainGroup {
  readonly stream: Uint8Array;
  readonly rows: number;
}

/**
 * Puts the record batches of streams together to row groups. A row group ends with the batch that brings it to so many rows; the
 * engine's have 2,048.
 *
 * @param streams Complete Arrow IPC streams of one schema.
 * @returns at least one group; without rows when there are none.
 */
export async function* rowGroupsOf(
  streams: AsyncIterable<Uint8Array>,
  groupRows: number,
): AsyncGenerator<PlainGroup> {
  let schema: Uint8Array | undefined;
  let batches: Uint8Array[] = [];
  let [rows, bytes, groups] = [0, 0, 0];
  const group = (): PlainGroup => {
    const made = { stream: concatBytes([schema ?? new Uint8Array(0), ...batches, endOfStream]), rows };
    [batches, rows, bytes] = [[], 0, 0];
    groups += 1;
    return made;
  };
  for await (const stream of streams) {
    for (const message of messagesOf(stream)) {
      if (message.kind === 'schema') {
        schema ??= message.bytes.slice();
        continue;
      }
      const added = rowsOf(message);
      if (added === 0) continue;
      if (bytes > 0 && bytes + message.bytes.length > groupBytes) yield group();
      batches.push(message.bytes);
      bytes += message.bytes.length;
      rows += added;
      if (rows >= groupRows) yield group();
    }
  }
  if (rows > 0 || groups === 0) yield group();
}
