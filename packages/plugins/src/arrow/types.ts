import type * as Arrow from 'apache-arrow';
import type { FlatTable } from '../columnar/flatbuffer.ts';

/** How the values of a type lie in a body, and the Arrow type that they are handed on as. */
export type Layout =
  | { readonly kind: 'null'; readonly type: Arrow.DataType }
  /** `bits` for each value; 1 for booleans. */
  | { readonly kind: 'fixed'; readonly bits: number; readonly type: Arrow.DataType }
  /** Bytes of varying length, behind one another, with offsets of 4 or 8 bytes. */
  | {
      readonly kind: 'bytes';
      readonly offsetBytes: 4 | 8;
      readonly isText: boolean;
      readonly type: Arrow.DataType;
    }
  /** Bytes of varying length, which each value points to. */
  | { readonly kind: 'view'; readonly isText: boolean; readonly type: Arrow.DataType }
  | { readonly kind: 'list'; readonly offsetBytes: 4 | 8; readonly isMap: boolean }
  | { readonly kind: 'fixedList'; readonly size: number }
  | { readonly kind: 'struct' }
  /** Named, for who wants to read the column; others pass over its buffers, and then over what is nested in it. */
  | { readonly kind: 'unsupported'; readonly name: string; readonly buffers: number };

const timeUnits = ['SECOND', 'MILLISECOND', 'MICROSECOND', 'NANOSECOND'] as const;
const millisecond = 1;

/**
 * Reads a type.
 *
 * @param kind Its number in the union of types.
 * @throws RangeError when it makes no sense
 */
export function readType(
  arrow: typeof Arrow,
  kind: number,
  type: FlatTable | undefined,
  children: number,
): Layout {
  const short = (field: number, otherwise = 0): number => type?.short(field, otherwise) ?? otherwise;
  const int = (field: number, otherwise = 0): number => type?.int(field, otherwise) ?? otherwise;
  const need = (count: number, layout: Layout): Layout => {
    if (children !== count) throw new RangeError(`a column has ${children} nested ones, and not ${count}`);
    return layout;
  };
  const unit = (field: number): Arrow.TimeUnit => {
    const found = short(field, kind === kinds.timestamp ? 0 : millisecond);
    if (timeUnits[found] === undefined) throw new RangeError(`there is no unit of time ${found}`);
    return found;
  };
  switch (kind) {
    case kinds.null:
      return { kind: 'null', type: new arrow.Null() };
    case kinds.int:
      return readInt(arrow, int(0), type?.byte(1) !== 0 && type !== undefined);
    case kinds.float: {
      const precision = short(0);
      if (precision === 0) return unsupported('FLOAT16', 2);
      return precision === 1
        ? { kind: 'fixed', bits: 32, type: new arrow.Float32() }
        : { kind: 'fixed', bits: 64, type: new arrow.Float64() };
    }
    case kinds.binary:
      return { kind: 'bytes', offsetBytes: 4, isText: false, type: new arrow.Binary() };
    case kinds.largeBinary:
      return { kind: 'bytes', offsetBytes: 8, isText: false, type: new arrow.Binary() };
    case kinds.utf8:
      return { kind: 'bytes', offsetBytes: 4, isText: true, type: new arrow.Utf8() };
    case kinds.largeUtf8:
      return { kind: 'bytes', offsetBytes: 8, isText: true, type: new arrow.Utf8() };
    case kinds.binaryView:
      return { kind: 'view', isText: false, type: new arrow.Binary() };
    case kinds.utf8View:
      return { kind: 'view', isText: true, type: new arrow.Utf8() };
    case kinds.bool:
      return { kind: 'fixed', bits: 1, type: new arrow.Bool() };
    case kinds.decimal:
      return readDecimal(arrow, int(0), int(1), int(2, 128));
    case kinds.date:
      return short(0, millisecond) === 0
        ? { kind: 'fixed', bits: 32, type: new arrow.DateDay() }
        : { kind: 'fixed', bits: 64, type: new arrow.DateMillisecond() };
    case kinds.time: {
      const [of, bits] = [unit(0), int(1, 32)];
      const usual = of === arrow.TimeUnit.SECOND || of === arrow.TimeUnit.MILLISECOND ? 32 : 64;
      if (bits !== usual) throw new RangeError(`a time is a number of ${bits} bits`);
      return { kind: 'fixed', bits, type: new arrow.Time(of, bits) };
    }
    case kinds.timestamp: {
      const zone = type?.text(1) ?? '';
      return { kind: 'fixed', bits: 64, type: new arrow.Timestamp(unit(0), zone === '' ? null : zone) };
    }
    case kinds.interval:
      switch (short(0)) {
        case 0:
          return { kind: 'fixed', bits: 32, type: new arrow.IntervalYearMonth() };
        case 1:
          return { kind: 'fixed', bits: 64, type: new arrow.IntervalDayTime() };
        default:
          return unsupported('INTERVAL of months, days and nanoseconds', 2);
      }
    case kinds.duration:
      return { kind: 'fixed', bits: 64, type: new arrow.Duration(unit(0)) };
    case kinds.list:
      return need(1, { kind: 'list', offsetBytes: 4, isMap: false });
    case kinds.largeList:
      return need(1, { kind: 'list', offsetBytes: 8, isMap: false });
    case kinds.map:
      return need(1, { kind: 'list', offsetBytes: 4, isMap: true });
    case kinds.fixedSizeList: {
      const size = int(0);
      if (size < 1) return unsupported(`list of ${size} values`, 1);
      return need(1, { kind: 'fixedList', size });
    }
    case kinds.struct:
      return children === 0 ? unsupported('struct without fields', 1) : { kind: 'struct' };
    case kinds.fixedSizeBinary: {
      const width = int(0);
      if (width < 1 || width > 2 ** 24) throw new RangeError(`a column has values of ${width} bytes`);
      return { kind: 'fixed', bits: 8 * width, type: new arrow.FixedSizeBinary(width) };
    }
    case kinds.union:
      return unsupported('UNION', short(0) === 0 ? 1 : 2);
    case kinds.runEndEncoded:
      return unsupported('run-end encoded', 0);
    case kinds.listView:
    case kinds.largeListView:
      return unsupported('list view', 3);
    default:
      throw new RangeError(`a column is of the unknown type ${kind}`);
  }
}

/** The numbers in the union of types. */
const kinds = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  union: 14,
  fixedSizeBinary: 15,
  fixedSizeList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  runEndEncoded: 22,
  binaryView: 23,
  utf8View: 24,
  listView: 25,
  largeListView: 26,
} as const;

function unsupported(name: string, buffers: number): Layout {
  return { kind: 'unsupported', name, buffers };
}

function readInt(arrow: typeof Arrow, bits: number, isSigned: boolean): Layout {
  switch (bits) {
    case 8:
      return { kind: 'fixed', bits, type: isSigned ? new arrow.Int8() : new arrow.Uint8() };
    case 16:
      return { kind: 'fixed', bits, type: isSigned ? new arrow.Int16() : new arrow.Uint16() };
    case 32:
      return { kind: 'fixed', bits, type: isSigned ? new arrow.Int32() : new arrow.Uint32() };
    case 64:
      return { kind: 'fixed', bits, type: isSigned ? new arrow.Int64() : new arrow.Uint64() };
    default:
      throw new RangeError(`a column has numbers of ${bits} bits`);
  }
}

function readDecimal(arrow: typeof Arrow, precision: number, scale: number, bits: number): Layout {
  if (bits !== 128) return unsupported(`DECIMAL of ${bits} bits`, 2);
  if (precision < 1 || precision > 38 || scale < 0 || scale > precision)
    return unsupported(`DECIMAL(${precision},${scale})`, 2);
  return { kind: 'fixed', bits, type: new arrow.Decimal(scale, precision, bits) };
}
