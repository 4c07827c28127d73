import {
  thriftBinary,
  thriftInteger,
  thriftList,
  thriftStruct,
  type ThriftField,
} from '../../packages/plugins/dist/parquet/thrift.js';

/** What a file says of itself that is not so. */
export interface Lies {
  /** Columns that the schema is said to have. @default 1 */
  readonly columns?: number;
  /** Whether all columns are said to be the same bytes. */
  readonly isShared?: boolean;
  /** Structs within structs. @default 0 */
  readonly depth?: number;
  readonly rows?: number;
  readonly values?: number;
  readonly pageValues?: number;
  /** Bytes of the page without compression, and as they stand there. */
  readonly rawSize?: number;
  readonly storedSize?: number;
  readonly codec?: number;
  readonly start?: number;
  readonly length?: number;
}

const i32 = (value: number): ThriftField => ({ type: 5, raw: thriftInteger(value) });
const i64 = (value: number): ThriftField => ({ type: 6, raw: thriftInteger(value) });
const text = (value: string): ThriftField => ({
  type: 8,
  raw: thriftBinary(new TextEncoder().encode(value)),
});
const list = (items: readonly Uint8Array[]): ThriftField => ({ type: 9, raw: thriftList(items) });
const struct = (fields: Record<number, ThriftField>): Uint8Array =>
  thriftStruct(new Map(Object.entries(fields).map(([id, field]) => [Number(id), field])));
const inside = (raw: Uint8Array): ThriftField => ({ type: 12, raw });
/** A list of numbers below 16, and one of texts. */
const numbers = (...values: number[]): ThriftField => ({
  type: 9,
  raw: Uint8Array.of((values.length << 4) | 5, ...values.map((value) => value * 2)),
});
const texts = (...values: string[]): ThriftField => {
  // A list's length is one byte below 128, and else two.
  const count = values.length < 128 ? [values.length] : [(values.length % 128) | 128, values.length >> 7];
  const bytes = values.map((value) => Buffer.from(thriftBinary(new TextEncoder().encode(value))));
  return { type: 9, raw: Uint8Array.from(Buffer.concat([Uint8Array.of(0xf8, ...count), ...bytes])) };
};

/** A Parquet file with the required column c0 of two numbers, 7 and 8, that says what it is told to. */
export function lyingParquet(lies: Lies): Uint8Array {
  const { columns = 1, depth = 0, rows = 2, isShared = false } = lies;
  const data = Uint8Array.of(7, 0, 0, 0, 8, 0, 0, 0);
  const page = struct({
    1: i32(0),
    2: i32(lies.rawSize ?? data.length),
    3: i32(lies.storedSize ?? data.length),
    5: inside(struct({ 1: i32(lies.pageValues ?? 2), 2: i32(0), 3: i32(3), 4: i32(3) })),
  });
  const pages = Uint8Array.from([...page, ...data]);
  const path = [...Array.from({ length: depth }, (_, level) => `g${level}`), 'c0'];
  const chunk = struct({
    2: i64(0),
    3: inside(
      struct({
        1: i32(1),
        2: numbers(0),
        3: texts(...path),
        4: i32(lies.codec ?? 0),
        5: i64(lies.values ?? 2),
        6: i64(pages.length),
        7: i64(lies.length ?? pages.length),
        9: i64(lies.start ?? 4),
      }),
    ),
  });
  const count = isShared ? columns : 1;
  const footer = struct({
    1: i32(1),
    2: list([
      struct({ 4: text('schema'), 5: i32(columns) }),
      ...Array.from({ length: depth }, (_, level) => struct({ 3: i32(0), 4: text(`g${level}`), 5: i32(1) })),
      ...Array.from({ length: count }, (_, index) => struct({ 1: i32(1), 3: i32(0), 4: text(`c${index}`) })),
    ]),
    3: i64(rows),
    4: list([
      struct({ 1: list(Array.from({ length: count }, () => chunk)), 2: i64(pages.length), 3: i64(rows) }),
    ]),
  });
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, footer.length, true);
  const magic = new TextEncoder().encode('PAR1');
  return Uint8Array.from([...magic, ...pages, ...footer, ...size, ...magic]);
}
