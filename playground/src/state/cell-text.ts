import { TimeUnit, Type, type DataType, type Vector } from 'apache-arrow';

/** How a value is drawn: on which side, and whether it is there at all. */
export type CellLook = 'null' | 'number' | 'text' | 'temporal' | 'nested' | 'boolean';

/** A value of a table, as it is shown. */
export interface Cell {
  readonly text: string;
  readonly look: CellLook;
}

const none: Cell = { text: 'null', look: 'null' };

/** The value at a row of a column, in words. */
export function cellAt(column: Vector, row: number): Cell {
  const type = column.type as DataType;
  try {
    const value: unknown = column.get(row);
    return value === null || value === undefined ? none : { text: textOf(value, type), look: lookOf(type) };
  } catch {
    // What is beyond all times that a page can count, such as `infinity`.
    return { text: 'beyond range', look: lookOf(type) };
  }
}

function lookOf({ typeId }: DataType): CellLook {
  switch (typeId) {
    case Type.Int:
    case Type.Float:
    case Type.Decimal:
      return 'number';
    case Type.Bool:
      return 'boolean';
    case Type.Date:
    case Type.Time:
    case Type.Timestamp:
      return 'temporal';
    case Type.List:
    case Type.FixedSizeList:
    case Type.Struct:
    case Type.Map:
      return 'nested';
    default:
      return 'text';
  }
}

/** A value as text: nested ones as compact JSON. */
function textOf(value: unknown, type: DataType): string {
  switch (type.typeId) {
    case Type.Float:
      return floatText(value as number, type);
    case Type.Decimal:
      return decimalText(value as Uint32Array, (type as DataType & { readonly scale: number }).scale);
    case Type.Date:
      return dateText(Number(value));
    case Type.Timestamp:
      return timestampText(
        Number(value),
        (type as DataType & { readonly timezone?: string | null }).timezone,
      );
    case Type.Time:
      return timeText(value as number | bigint, (type as DataType & { readonly unit: TimeUnit }).unit);
    case Type.Binary:
    case Type.FixedSizeBinary:
      return bytesText(value as Uint8Array);
    case Type.List:
    case Type.FixedSizeList:
    case Type.Struct:
    case Type.Map:
      return jsonText(value, type);
    default:
      return String(value);
  }
}

/** Compact JSON. Integers keep all their digits. */
function jsonText(value: unknown, type: DataType): string {
  if (value === null || value === undefined) return 'null';
  const inner = (at: number): DataType =>
    (type.children as readonly { readonly type: DataType }[])[at]?.type ?? type;
  switch (type.typeId) {
    case Type.List:
    case Type.FixedSizeList:
      return `[${[...(value as Iterable<unknown>)].map((one) => jsonText(one, inner(0))).join(',')}]`;
    case Type.Struct: {
      const row = value as Readonly<Record<string, unknown>>;
      const fields = type.children.map(
        ({ name }, at) => `${JSON.stringify(name)}:${jsonText(row[name], inner(at))}`,
      );
      return `{${fields.join(',')}}`;
    }
    case Type.Map: {
      const [key, held] = inner(0).children.map((field) => field.type as DataType);
      if (key === undefined || held === undefined) return '{}';
      const entries = [...(value as Iterable<readonly [unknown, unknown]>)];
      return `{${entries.map(([name, one]) => `${JSON.stringify(textOf(name, key))}:${jsonText(one, held)}`).join(',')}}`;
    }
    case Type.Int:
    case Type.Bool:
      return String(value);
    case Type.Float:
      return Number.isFinite(value) ? textOf(value, type) : JSON.stringify(String(value));
    case Type.Decimal:
      return textOf(value, type);
    default:
      return JSON.stringify(textOf(value, type));
  }
}

/** As few digits as say which number it is: of single precision there are fewer. */
function floatText(value: number, type: DataType): string {
  if ((type as DataType & { readonly precision: number }).precision === 2 || !Number.isFinite(value))
    return String(value);
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

/** @param words 128 bits, the lowest first, in two's complement. */
function decimalText(words: Uint32Array, scale: number): string {
  let whole = 0n;
  for (const word of [...words].toReversed()) whole = (whole << 32n) | BigInt(word);
  whole = BigInt.asIntN(words.length * 32, whole);
  const digits = (whole < 0n ? -whole : whole).toString().padStart(scale + 1, '0');
  const sign = whole < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function dateText(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.slice(0, text.indexOf('T'));
}

function timestampText(ms: number, zone: string | null | undefined): string {
  const whole = Math.floor(ms);
  const micros = Math.round((ms - whole) * 1000);
  const text = new Date(micros === 1000 ? whole + 1 : whole).toISOString();
  const [day = '', time = ''] = text.slice(0, -1).split('T');
  const fraction = `${time.slice(9)}${micros === 1000 ? '000' : String(micros).padStart(3, '0')}`;
  return `${day} ${time.slice(0, 8)}${shortFraction(fraction)}${zone ? '+00' : ''}`;
}

const perSecond: Readonly<Record<number, bigint>> = {
  [TimeUnit.SECOND]: 1n,
  [TimeUnit.MILLISECOND]: 1000n,
  [TimeUnit.MICROSECOND]: 1_000_000n,
  [TimeUnit.NANOSECOND]: 1_000_000_000n,
};

function timeText(value: number | bigint, unit: TimeUnit): string {
  const of = perSecond[unit] ?? 1n;
  const [seconds, rest] = [Number(BigInt(value) / of), BigInt(value) % of];
  const two = (part: number): string => String(part).padStart(2, '0');
  const fraction = of === 1n ? '' : rest.toString().padStart(of.toString().length - 1, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${shortFraction(fraction)}`;
}

function shortFraction(digits: string): string {
  const short = digits.replace(/0+$/, '');
  return short === '' ? '' : `.${short}`;
}

function bytesText(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, 256)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return bytes.length > 256 ? `${shown}… (${bytes.length} bytes)` : shown;
}
