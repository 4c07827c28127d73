/**
 * What a column's values can all be read as, one bit a type. A type is possible only where reading the text as the type
 * loses nothing that the text says: no leading zeros, no digits beyond a double's, no guess at a date's order.
 */
export const possible: {
  readonly boolean: 1;
  readonly bigint: 2;
  readonly hugeint: 4;
  readonly double: 8;
  readonly date: 16;
  readonly time: 32;
  readonly timestamp: 64;
  readonly timestamptz: 128;
  readonly anything: 255;
} = {
  boolean: 1,
  bigint: 2,
  hugeint: 4,
  double: 8,
  date: 16,
  time: 32,
  timestamp: 64,
  timestamptz: 128,
  anything: 255,
};

const typeOfBit: readonly (readonly [number, string])[] = [
  [possible.boolean, 'BOOLEAN'],
  [possible.bigint, 'BIGINT'],
  [possible.hugeint, 'HUGEINT'],
  [possible.double, 'DOUBLE'],
  [possible.date, 'DATE'],
  [possible.time, 'TIME'],
  [possible.timestamp, 'TIMESTAMP'],
  [possible.timestamptz, 'TIMESTAMP WITH TIME ZONE'],
];

/** The narrowest type of those that are possible; text when there is none, or when nothing was seen. */
export function typeOf(bits: number): string {
  if (bits === possible.anything) return 'VARCHAR';
  return typeOfBit.find(([bit]) => (bits & bit) !== 0)?.[1] ?? 'VARCHAR';
}

const zero = 48;
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

/** What the text in a range of bytes can be read as. */
export function possibleTypes(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] as number;
  if (isDigit(first)) {
    // A date has its first dash where a number has none, a time its first colon.
    const fifth = bytes[start + 4];
    if (fifth === 45 && end - start >= 10) return dateOrTimestamp(bytes, start, end);
    if (bytes[start + 2] === 58) return clock(bytes, start, end) === end ? possible.time : 0;
    return numeric(bytes, start, start, end);
  }
  if (first === 45) {
    return isDigit(bytes[start + 1]) || bytes[start + 1] === 46
      ? numeric(bytes, start, start + 1, end)
      : word(bytes, start, end);
  }
  if (first === 46) return numeric(bytes, start, start, end);
  return word(bytes, start, end);
}

function numeric(bytes: Uint8Array, start: number, digitsStart: number, end: number): number {
  let at = digitsStart;
  while (at < end && isDigit(bytes[at])) at += 1;
  const digits = at - digitsStart;
  if (digits > 1 && bytes[digitsStart] === zero) return 0;
  if (at === end) {
    if (bytes[digitsStart] === zero && start !== digitsStart) return possible.double;
    if (digits <= 15) return possible.bigint | possible.hugeint | possible.double;
    if (digits <= 18) return possible.bigint | possible.hugeint;
    if (digits > 38) return 0;
    if (digits > 19) return possible.hugeint;
    const value = BigInt(text(bytes, start, end));
    return BigInt.asIntN(64, value) === value ? possible.bigint | possible.hugeint : possible.hugeint;
  }
  let fraction = 0;
  if (bytes[at] === 46) {
    at += 1;
    while (at < end && isDigit(bytes[at])) {
      at += 1;
      fraction += 1;
    }
  }
  if (digits + fraction === 0) return 0;
  if (at === end) return digits < 300 ? possible.double : 0;
  if (bytes[at] !== 101 && bytes[at] !== 69) return 0;
  at += 1;
  if (bytes[at] === 45 || bytes[at] === 43) at += 1;
  const exponent = at;
  while (at < end && isDigit(bytes[at])) at += 1;
  if (at === exponent || at !== end) return 0;
  const number = text(bytes, start, end);
  const value = Number(number);
  // What overflows or vanishes is no number to a double.
  return Number.isFinite(value) && (value !== 0 || !/[1-9].*e/iu.test(number)) ? possible.double : 0;
}

function word(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 3 || end - start > 9) return 0;
  switch (text(bytes, start, end)) {
    case 'true':
    case 'false':
    case 'True':
    case 'False':
    case 'TRUE':
    case 'FALSE':
      return possible.boolean;
    case 'nan':
    case 'NaN':
    case 'inf':
    case '-inf':
    case 'Infinity':
    case '-Infinity':
      return possible.double;
    default:
      return 0;
  }
}

function dateOrTimestamp(bytes: Uint8Array, start: number, end: number): number {
  const year = number(bytes, start, 4);
  const month = number(bytes, start + 5, 2);
  const day = number(bytes, start + 8, 2);
  if (
    bytes[start + 7] !== 45 ||
    !(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month))
  ) {
    return 0;
  }
  if (end - start === 10) return possible.date;
  const separator = bytes[start + 10];
  if (separator !== 32 && separator !== 84) return 0;
  const at = clock(bytes, start + 11, end);
  if (at === end) return possible.timestamp;
  return at > 0 && isOffset(bytes, at, end) ? possible.timestamptz : 0;
}

/** Where `HH:MM:SS` with up to six decimals ends; 0 when there is none. */
function clock(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 8 || bytes[start + 2] !== 58 || bytes[start + 5] !== 58) return 0;
  const hours = number(bytes, start, 2);
  const minutes = number(bytes, start + 3, 2);
  const seconds = number(bytes, start + 6, 2);
  if (!(hours < 24 && minutes < 60 && seconds < 60)) return 0;
  let at = start + 8;
  if (bytes[at] !== 46 || at >= end) return at;
  at += 1;
  const fraction = at;
  while (at < end && isDigit(bytes[at])) at += 1;
  return at === fraction || at - fraction > 6 ? 0 : at;
}

/** `Z`, `+HH`, `+HHMM` or `+HH:MM`. */
function isOffset(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (first === 90) return end === start + 1;
  if (first !== 43 && first !== 45) return false;
  const hours = number(bytes, start + 1, 2);
  if (!(hours < 16)) return false;
  if (end === start + 3) return true;
  const minutesStart = bytes[start + 3] === 58 ? start + 4 : start + 3;
  return end === minutesStart + 2 && number(bytes, minutesStart, 2) < 60;
}

/** A number of a fixed count of digits; NaN when there is anything else. */
function number(bytes: Uint8Array, start: number, digits: number): number {
  let value = 0;
  for (let at = start; at < start + digits; at += 1) {
    const byte = bytes[at];
    if (!isDigit(byte)) return Number.NaN;
    value = value * 10 + (byte as number) - zero;
  }
  return value;
}

function daysOf(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

function text(bytes: Uint8Array, start: number, end: number): string {
  let made = '';
  for (let at = start; at < end; at += 1) made += String.fromCharCode(bytes[at] as number);
  return made;
}
