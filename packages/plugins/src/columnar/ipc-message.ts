import { FlatTable, longAt } from './flatbuffer.ts';

// Kinds of messages, and numbers of the fields of each.
const kinds = ['none', 'schema', 'dictionary', 'batch'] as const;
export const messageField = { version: 0, kind: 1, header: 2, bodyLength: 3 } as const;
export const batchField = { rows: 0, nodes: 1, buffers: 2, compression: 3, variadic: 4 } as const;

/** What describes a message of an Arrow IPC stream. */
export interface IpcMessage {
  readonly kind: 'schema' | 'dictionary' | 'batch';
  /** The schema, the dictionary batch or the record batch. */
  readonly header: FlatTable;
  /** Bytes that follow the description. */
  readonly bodyLength: number;
}

/**
 * Reads the description of a message, which is without its frame.
 *
 * @throws RangeError when it makes no sense
 * @see https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 */
export function readMessage(description: Uint8Array): IpcMessage {
  const root = FlatTable.root(description);
  const kind = kinds[root.byte(messageField.kind)];
  const header = root.table(messageField.header);
  const bodyLength = root.long(messageField.bodyLength);
  if (kind === undefined || kind === 'none' || header === undefined || bodyLength < 0)
    throw new RangeError('a message is of no known kind');
  return { kind, header, bodyLength };
}

/** How many rows a record batch has. */
export function rowsOf({ header }: IpcMessage): number {
  const rows = header.long(batchField.rows);
  if (rows < 0) throw new RangeError('a batch has fewer rows than none');
  return rows;
}

/** Where something lies in a file or a body: `[offset, length]`. */
export function rangeAt(view: DataView, at: number): readonly [offset: number, length: number] {
  return [longAt(view, at), longAt(view, at + 8)];
}

/** What ends an IPC stream. */
export const endOfStream: Uint8Array = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);

/** A message where it stands in a whole IPC stream. */
export interface FramedMessage extends IpcMessage {
  /** All of it: the frame, the description and the body. */
  readonly bytes: Uint8Array;
}

/**
 * The messages of a whole IPC stream, without its end.
 *
 * @throws RangeError when it is cut short
 */
export function* messagesOf(stream: Uint8Array): Generator<FramedMessage> {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.length);
  for (let at = 0; at + 8 <= stream.length;) {
    if (view.getUint32(at, true) !== 0xffffffff) throw new RangeError(`there is no message at byte ${at}`);
    const length = view.getUint32(at + 4, true);
    if (length === 0) return;
    const message = readMessage(stream.subarray(at + 8, at + 8 + length));
    const end = at + 8 + length + message.bodyLength;
    if (end > stream.length) throw new RangeError(`a message ends behind byte ${stream.length}`);
    yield { ...message, bytes: stream.subarray(at, end) };
    at = end;
  }
}
