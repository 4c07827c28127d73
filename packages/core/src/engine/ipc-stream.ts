/*
 * The framing of Arrow IPC streams (https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format): messages
 * of a marker, a length, a flatbuffer that describes the message, and a body; then an end marker. Only so much of the
 * flatbuffer is read as tells how many rows there are and whether every byte that it speaks of is there.
 */

import { createPace } from './pace.ts';

/** What ends an IPC stream. */
export const endOfStream: Uint8Array = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);

/** What was seen in an IPC stream or a run of its messages. */
export interface StreamSummary {
  /** Rows of each record batch, in order. */
  readonly batches: readonly number[];
  readonly rows: number;
  /** Where its schema ends, in bytes from the start. */
  readonly schemaEnd: number;
}

const schemaMessage = 1;
const dictionaryMessage = 2;
const recordMessage = 3;

function damaged(what: string): never {
  throw new RangeError(what);
}

/** The position of a flatbuffer table's field, or undefined when it has its default. */
function field(view: DataView, table: number, index: number): number | undefined {
  const vtable = table - view.getInt32(table, true);
  const slot = 4 + 2 * index;
  if (slot >= view.getUint16(vtable, true)) return undefined;
  const offset = view.getUint16(vtable + slot, true);
  return offset === 0 ? undefined : table + offset;
}

function follow(view: DataView, position: number | undefined): number {
  return position === undefined
    ? damaged('a message lacks a part')
    : position + view.getUint32(position, true);
}

function long(view: DataView, position: number | undefined): number {
  return position === undefined ? 0 : Number(view.getBigInt64(position, true));
}

function batchRows(view: DataView, batch: number, bodyLength: number): number {
  const vector = field(view, batch, 2);
  if (vector !== undefined) {
    const buffers = follow(view, vector);
    for (let left = view.getUint32(buffers, true), at = buffers + 4; left > 0; left--, at += 16) {
      const [offset, length] = [long(view, at), long(view, at + 8)];
      if (offset < 0 || length < 0 || offset + length > bodyLength)
        damaged('a buffer lies outside its message');
    }
  }
  const rows = long(view, field(view, batch, 0));
  return rows < 0 ? damaged('a batch has a negative length') : rows;
}

/**
 * Walks one whole IPC stream.
 *
 * @throws RangeError when it is cut short, has bytes behind its end, or is something else
 */
export function summarizeStream(bytes: Uint8Array): StreamSummary {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const batches: number[] = [];
  let at = 0;
  let schemas = 0;
  let schemaEnd = 0;
  for (;;) {
    if (at + 8 > bytes.length) damaged(`it ends at byte ${bytes.length} without an end marker`);
    if (view.getUint32(at, true) !== 0xffffffff) damaged(`at byte ${at} there is no Arrow IPC message`);
    const length = view.getUint32(at + 4, true);
    at += 8;
    if (length === 0) break;
    if (at + length > bytes.length) damaged(`a message at byte ${at} is cut short`);
    const metadata = new DataView(view.buffer, view.byteOffset + at, length);
    const root = metadata.getUint32(0, true);
    const kindAt = field(metadata, root, 1);
    const kind = kindAt === undefined ? 0 : metadata.getUint8(kindAt);
    const bodyLength = long(metadata, field(metadata, root, 3));
    const header = follow(metadata, field(metadata, root, 2));
    if (
      kind !== (schemas === 0 ? schemaMessage : recordMessage) &&
      (schemas === 0 || kind !== dictionaryMessage)
    ) {
      damaged(`the message at byte ${at} is of an unexpected kind`);
    }
    if (kind === schemaMessage) schemas++;
    else if (kind === recordMessage) batches.push(batchRows(metadata, header, bodyLength));
    else batchRows(metadata, follow(metadata, field(metadata, header, 1)), bodyLength);
    at += length + bodyLength;
    if (bodyLength < 0 || at > bytes.length)
      damaged(`the body of a message ends behind byte ${bytes.length}`);
    if (kind === schemaMessage) schemaEnd = at;
  }
  if (schemas === 0) damaged('it has no schema');
  if (at !== bytes.length) damaged(`${bytes.length - at} bytes follow its end marker`);
  return { batches, rows: batches.reduce((sum, rows) => sum + rows, 0), schemaEnd };
}

/** The chunks in one piece; others have their turn while many are copied. */
export async function concat(chunks: readonly Uint8Array[]): Promise<Uint8Array> {
  const pace = createPace();
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
    const pausing = pace();
    if (pausing !== undefined) await pausing;
  }
  return whole;
}
