import { readMessage, type IpcMessage } from '../columnar/ipc-message.ts';
import { FlatTable } from '../columnar/flatbuffer.ts';
import type { Ranges } from '../columnar/ranges.ts';
import type { Input } from '../input/input.ts';
import { createTaker } from './taker.ts';

/** A message of an Arrow IPC stream or file, with its body. */
export interface WholeMessage extends IpcMessage {
  readonly body: Uint8Array;
}

const magic = 'ARROW1';
const oldMagic = 'FEA1';
const continuation = 0xffffffff;
/** A description is read whole, so there is a limit to it; one of ten thousand columns has some 500 kB. */
const maxDescription = 128 * 1024 * 1024;
const blockBytes = 24;
const aheadBytes = 4 * 1024 * 1024;
const footerField = { schema: 1, dictionaries: 2, batches: 3 } as const;
const ascii = new TextDecoder('latin1');

/**
 * The messages of Arrow IPC, of either format, the schema first: those of a stream are read one after the other, those of a file where its
 * footer says.
 *
 * @throws RangeError when it is neither, or ends too early
 */
export async function messagesOfInput(input: Input, file: Ranges): Promise<AsyncGenerator<WholeMessage>> {
  const head = ascii.decode(await file.read(0, magic.length));
  if (head === magic) return fileMessages(file);
  if (head.startsWith(oldMagic))
    throw new RangeError('it is of the first version of Feather, which is no Arrow IPC');
  return streamMessages(input);
}

async function* streamMessages(input: Input): AsyncGenerator<WholeMessage> {
  const taker = createTaker(input.chunks());
  try {
    for (let isFirst = true; ; isFirst = false) {
      let length = word(
        await taker.take(4, isFirst ? 'it is empty' : 'it is truncated: it has no end marker'),
      );
      // Before version 0.15 there was no marker.
      if (length === continuation) length = word(await taker.take(4, 'it ends in the middle of a message'));
      if (length === 0) break;
      if (length > maxDescription)
        throw new RangeError(
          isFirst ? 'it does not begin as Arrow IPC does' : `a message is described in ${length} bytes`,
        );
      const message = readMessage(await taker.take(length, 'it ends in the middle of a message'));
      const body = await taker.take(message.bodyLength, 'it ends in the middle of a message');
      yield { ...message, body };
    }
    if (!(await taker.isAtEnd())) throw new RangeError('bytes follow its end marker');
  } finally {
    await taker.close();
  }
}

function word(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

/** Where a message is in a file. */
interface Block {
  readonly offset: number;
  readonly descriptionBytes: number;
  readonly bodyBytes: number;
}

async function* fileMessages(file: Ranges): AsyncGenerator<WholeMessage> {
  if (file.size < 20) throw new RangeError(`it has ${file.size} bytes, too few for an Arrow file`);
  const tail = await file.read(file.size - 10, 10);
  if (ascii.decode(tail.subarray(4)) !== magic)
    throw new RangeError('it does not end in ARROW1: it is truncated');
  const length = word(tail);
  const end = file.size - 10 - length;
  if (end < 8) throw new RangeError(`its footer of ${length} bytes is longer than the file`);
  if (length > maxDescription) throw new RangeError(`its footer has ${length} bytes, too many to be read`);
  const footer = FlatTable.root(await file.read(end, length));
  const schema = footer.table(footerField.schema);
  if (schema === undefined) throw new RangeError('its footer has no schema');
  yield { kind: 'schema', header: schema, bodyLength: 0, body: new Uint8Array(0) };

  const blocks = [...blocksOf(footer, footerField.dictionaries), ...blocksOf(footer, footerField.batches)];
  const sum = blocks.reduce((bytes, block) => bytes + block.descriptionBytes + block.bodyBytes, 0);
  if (sum > end) throw new RangeError(`its batches are said to have ${sum} bytes, in a file of ${file.size}`);
  for (const { offset, descriptionBytes, bodyBytes } of blocks) {
    if (offset < 8 || descriptionBytes < 8 || bodyBytes < 0 || offset + descriptionBytes + bodyBytes > end)
      throw new RangeError(`a batch is said to be at byte ${offset}, in a file of ${file.size}`);
  }
  const read = readAhead(file, end);
  for (const { offset, descriptionBytes, bodyBytes } of blocks) {
    const bytes = await read(offset, descriptionBytes + bodyBytes);
    if (bytes.length < descriptionBytes + bodyBytes) throw new RangeError('it ends in the middle of a batch');
    const prefix = word(bytes) === continuation ? 8 : 4;
    const message = readMessage(bytes.subarray(prefix, descriptionBytes));
    if (message.bodyLength > bodyBytes) throw new RangeError('a batch is longer than its footer says');
    yield { ...message, body: bytes.subarray(descriptionBytes) };
  }
}

/** Batches may be small and many: they are read some megabytes at a time. */
function readAhead(file: Ranges, end: number): (offset: number, length: number) => Promise<Uint8Array> {
  let [start, ahead] = [0, new Uint8Array(0)];
  return async (offset, length) => {
    if (offset < start || offset + length > start + ahead.length) {
      const most = Math.min(Math.max(length, aheadBytes), end - offset);
      [start, ahead] = [offset, (await file.read(offset, most)) as Uint8Array<ArrayBuffer>];
    }
    return ahead.subarray(offset - start, offset - start + length);
  };
}

function blocksOf(footer: FlatTable, field: number): Block[] {
  const { start, length } = footer.vector(field, blockBytes);
  return Array.from({ length }, (_, index) => {
    const at = start + index * blockBytes;
    const long = (position: number): number => Number(footer.view.getBigInt64(position, true));
    return {
      offset: long(at),
      descriptionBytes: footer.view.getInt32(at + 8, true),
      bodyBytes: long(at + 16),
    };
  });
}
