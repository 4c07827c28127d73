import { concatBytes } from '../columnar/bytes.ts';
import { readMessage } from '../columnar/ipc-message.ts';

/** Where a record batch is in a file. */
export interface WrittenBlock {
  readonly offset: number;
  /** Bytes of its frame and its description. */
  readonly descriptionBytes: number;
  readonly bodyBytes: number;
}

const magic = new TextEncoder().encode('ARROW1');
const frameBytes = 8;
const blockBytes = 24;
/** Version 5 of the format's metadata. */
const version = 4;

/** What an Arrow file begins with. */
export const fileHead: Uint8Array = concatBytes([magic, new Uint8Array(2)]);

/**
 * What an Arrow file ends with. It is a flatbuffer whose positions are relative, so the schema's own stands in it as it is.
 *
 * @param schema The message that the file begins with, with its frame.
 * @see https://github.com/apache/arrow/blob/main/format/File.fbs
 */
export function fileFooter(schema: Uint8Array, blocks: readonly WrittenBlock[]): Uint8Array {
  const description = schema.subarray(frameBytes);
  const { header } = readMessage(description);
  // The root's position; a table of where its fields are; the table: version, schema, dictionaries, batches; the two lists; the schema.
  const [vtable, table, dictionaries, batches] = [4, 20, 40, 44];
  const schemaAt = batches + 4 + blocks.length * blockBytes;
  const head = new Uint8Array(schemaAt);
  const view = new DataView(head.buffer);
  view.setUint32(0, table, true);
  for (const [index, short] of [12, 20, 4, 8, 12, 16].entries())
    view.setUint16(vtable + 2 * index, short, true);
  view.setInt32(table, table - vtable, true);
  view.setInt16(table + 4, version, true);
  const point = (at: number, target: number): void => view.setUint32(at, target - at, true);
  point(table + 8, schemaAt + header.at);
  point(table + 12, dictionaries);
  point(table + 16, batches);
  view.setUint32(batches, blocks.length, true);
  for (const [index, { offset, descriptionBytes, bodyBytes }] of blocks.entries()) {
    const at = batches + 4 + index * blockBytes;
    view.setBigInt64(at, BigInt(offset), true);
    view.setInt32(at + 8, descriptionBytes, true);
    view.setBigInt64(at + 16, BigInt(bodyBytes), true);
  }
  const size = new Uint8Array(4);
  new DataView(size.buffer).setInt32(0, schemaAt + description.length, true);
  return concatBytes([head, description, size, magic]);
}
