import { longAt, type FlatTable } from '../columnar/flatbuffer.ts';
import { batchField, rangeAt } from '../columnar/ipc-message.ts';
import { decompressBuffer, type Codec } from './decompress.ts';
import type { IncomingField } from './schema.ts';

/** The most bytes that a record batch comes to, decompressed and with its dictionaries' values in place. */
const maxBatchBytes = 1024 * 1024 * 1024;
/** What has no bytes is not counted by them, so its length is limited. */
const maxNulls = 2 ** 24;
const maxRows = 2 ** 31 - 1;
const codecs: readonly Codec[] = ['lz4', 'zstd'];

/** How many values a column has in a batch, and how many of them are null. */
export interface ColumnNode {
  readonly length: number;
  /** -1 where the writer did not count them, as apache-arrow does after a slice. */
  readonly nulls: number;
}

/** A record batch, whose columns are taken out one after the other. Nothing that it says of itself is trusted. */
export class BatchBody {
  readonly rows: number;
  readonly #view: DataView;
  readonly #body: Uint8Array;
  readonly #codec: Codec | undefined;
  readonly #lists: Record<
    'column' | 'buffer' | 'variadic',
    { at: number; left: number; readonly size: number }
  >;
  #budget = maxBatchBytes;

  /**
   * @param batch The description of a record batch.
   * @throws RangeError when it makes no sense
   */
  constructor(batch: FlatTable, body: Uint8Array) {
    this.rows = batch.long(batchField.rows);
    if (this.rows < 0 || this.rows > maxRows) throw new RangeError(`a batch has ${this.rows} rows`);
    this.#view = batch.view;
    this.#body = body;
    const list = (field: number, size: number): { at: number; left: number; size: number } => {
      const { start, length } = batch.vector(field, size);
      return { at: start, left: length, size };
    };
    this.#lists = {
      column: list(batchField.nodes, 16),
      buffer: list(batchField.buffers, 16),
      variadic: list(batchField.variadic, 8),
    };
    const compression = batch.table(batchField.compression);
    this.#codec = undefined;
    if (compression === undefined) return;
    this.#codec = codecs[compression.byte(0)];
    if (this.#codec === undefined) throw new RangeError('it is compressed in an unknown way');
  }

  /** The next column's node. */
  node(isNull: boolean): ColumnNode {
    const [length, nulls] = rangeAt(this.#view, this.#next('column'));
    if (length < 0 || length > (isNull ? maxNulls : maxRows) || nulls < -1 || nulls > length)
      throw new RangeError(`a column has ${length} values, of which ${nulls} are null`);
    return { length, nulls };
  }

  /** The next buffer, decompressed, at an address that any number can be read from. */
  async buffer(): Promise<Uint8Array> {
    const [offset, length] = rangeAt(this.#view, this.#next('buffer'));
    if (offset < 0 || length < 0 || offset + length > this.#body.length)
      throw new RangeError(`a buffer ends behind the ${this.#body.length} bytes of its batch`);
    const bytes = this.#body.subarray(offset, offset + length);
    if (this.#codec === undefined) return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
    if (length === 0) return bytes;
    if (length < 8) throw new RangeError('a compressed buffer does not say how long it is');
    const size = longAt(new DataView(bytes.buffer, bytes.byteOffset, 8), 0);
    // -1 says that this one was not worth it.
    if (size === -1) return bytes.slice(8);
    if (size < 0) throw new RangeError(`a compressed buffer has ${size} bytes`);
    this.spend(size);
    return decompressBuffer(this.#codec, bytes.subarray(8), size);
  }

  /** How many buffers the next column of views points to. */
  variadic(): number {
    const count = longAt(this.#view, this.#next('variadic'));
    if (count < 0 || count > this.#lists.buffer.left) throw new RangeError(`a column has ${count} buffers`);
    return count;
  }

  /** Passes over a column and all that is nested in it. */
  skip(field: IncomingField): void {
    const take = (buffers: number): void => {
      this.node(false);
      for (let left = buffers; left > 0; left -= 1) this.#next('buffer');
    };
    if (field.dictionary !== undefined) {
      take(2);
      return;
    }
    switch (field.layout.kind) {
      case 'null':
        take(0);
        return;
      case 'fixed':
        take(2);
        return;
      case 'bytes':
        take(3);
        return;
      case 'view':
        take(2 + this.variadic());
        return;
      case 'list':
        take(2);
        break;
      case 'fixedList':
      case 'struct':
        take(1);
        break;
      case 'unsupported':
        take(field.layout.buffers);
        break;
    }
    for (const child of field.children) this.skip(child);
  }

  /** Counts bytes that are made of the batch. @throws RangeError when they are too many */
  spend(bytes: number): void {
    this.#budget -= bytes;
    if (this.#budget < 0)
      throw new RangeError(`a batch comes to more than ${maxBatchBytes} bytes, the most that are read`);
  }

  #next(what: 'column' | 'buffer' | 'variadic'): number {
    const list = this.#lists[what];
    if (list.left === 0) throw new RangeError(`a batch has too few entries (${what}) for its columns`);
    const { at } = list;
    list.left -= 1;
    list.at += list.size;
    return at;
  }
}
