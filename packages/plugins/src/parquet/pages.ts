import type { ParquetChunk } from './footer.ts';
import { ThriftReader, type ThriftStruct } from './thrift.ts';

// Numbers of the fields of a page's header.
const uncompressedSize = 2;
const compressedSize = 3;
const dataHeader = 5;
const dictionaryHeader = 7;
const dataHeader2 = 8;
const valueCount = 1;

/** The most that a page may come to: the decoder has it in its memory whole. */
const maxPageBytes = 256 * 1024 * 1024;

/** How many bytes can come out of one, at the most, by the number of the compression; the others' are without limit. */
const mostOfOne: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 64],
  [2, 1040],
  [5, 256],
  [7, 256],
]);

/**
 * Looks at the headers of a column's pages, which say how much memory the decoder is to take for them.
 *
 * @param isFlat Whether there is one value for each row.
 * @throws RangeError when they lie
 */
export function checkPages(pages: Uint8Array, chunk: ParquetChunk, rows: number, isFlat: boolean): void {
  const reader = new ThriftReader(pages);
  const most = mostOfOne.get(chunk.codec) ?? maxPageBytes;
  if (isFlat && chunk.values !== rows)
    throw new RangeError(`a column of ${chunk.values} values is in a row group of ${rows} rows`);
  let values = 0;
  let at = 0;
  while (values < chunk.values && at < pages.length) {
    const { fields, end } = reader.structAt(at);
    const [raw, stored] = [sizeOf(reader, fields, uncompressedSize), sizeOf(reader, fields, compressedSize)];
    if (end + stored > pages.length)
      throw new RangeError(`a page of ${stored} bytes is longer than its column`);
    if (raw > maxPageBytes)
      throw new RangeError(
        `a page is said to have ${raw} bytes, and ${maxPageBytes} are the most that are read`,
      );
    if (raw > stored * most + 64)
      throw new RangeError(`a page of ${stored} bytes is said to come to ${raw}, which cannot be`);
    if (fields.has(dictionaryHeader)) {
      const count = countIn(reader, fields, dictionaryHeader);
      // An entry has at least a bit, and mostly some bytes.
      if (count > raw * 8)
        throw new RangeError(`a dictionary of ${raw} bytes is said to have ${count} entries`);
    } else {
      values += countIn(reader, fields, fields.has(dataHeader2) ? dataHeader2 : dataHeader);
    }
    at = end + stored;
  }
  if (values < chunk.values)
    throw new RangeError(`a column is said to have ${chunk.values} values, and its pages have ${values}`);
}

function sizeOf(reader: ThriftReader, fields: ThriftStruct, id: number): number {
  const value = fields.get(id);
  const size = value === undefined ? -1 : reader.integer(value);
  if (size < 0) throw new RangeError('a page does not say how long it is');
  return size;
}

function countIn(reader: ThriftReader, fields: ThriftStruct, id: number): number {
  const header = fields.get(id);
  // Pages of other kinds hold no values.
  if (header === undefined) return 0;
  const count = reader.struct(header.start).get(valueCount);
  const values = count === undefined ? -1 : reader.integer(count);
  if (values < 0) throw new RangeError('a page does not say how many values it has');
  return values;
}
