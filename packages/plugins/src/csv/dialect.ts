import { invalidArgument } from '@cairn/core/plugin';
import { isBoolean, isText, keepOptions, kindOf, type OptionCheck } from '../input/options.ts';
import { isOneOf, textChecks, textDefaults } from '../text/text-options.ts';

/** How a CSV file is written, every option filled in. */
export interface Dialect {
  readonly header: boolean;
  readonly delimiter: string;
  /** Empty: fields are never quoted. */
  readonly quote: string;
  readonly escape: string;
  readonly nullText: string;
  /** Stated types by column. */
  readonly columns: Readonly<Record<string, string>>;
  readonly skipRows: number;
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
  readonly badRows: 'fail' | 'collect';
  readonly encoding: string | undefined;
  readonly compression: 'gzip' | 'none' | undefined;
  readonly maxTextBytes: number;
}

const defaults = {
  header: true,
  delimiter: ',',
  quote: '"',
  escape: '"',
  nullText: '',
  skipRows: 0,
  badRows: 'fail',
  ...textDefaults,
} as const;

/** One ASCII character that is no letter, no digit and no line break. */
export const isMark: OptionCheck = (where, value) => {
  if (typeof value !== 'string' || !/^[\t\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]$/u.test(value)) {
    throw invalidArgument(
      where,
      `it is one ASCII character that is no letter or digit, and was given ${kindOf(value)}`,
    );
  }
};

const isMarkOrNothing: OptionCheck = (where, value) => {
  if (value !== '') isMark(where, value);
};

/** A text that can stand in a field without quotes. */
export const isNullText: OptionCheck = (where, value) => {
  isText(where, value);
  if (/[\r\n]/u.test(value as string)) throw invalidArgument(where, 'it has no line breaks');
};

/** A format of `strftime`. @throws CairnError `invalid_argument` */
export const isFormat: OptionCheck = (where, value) => {
  isText(where, value);
  if (!(value as string).includes('%')) throw invalidArgument(where, 'it is a format such as %d.%m.%Y');
};

const isCount: OptionCheck = (where, value) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw invalidArgument(where, `it is a whole number of at least 0, and was given ${kindOf(value)}`);
  }
};

const isBadRows = isOneOf(['fail', 'collect']);

/** An object of the engine's types by name. @throws CairnError `invalid_argument` */
export const isTypes: OptionCheck = (where, value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidArgument(where, `it is an object of types by column's name, and was given ${kindOf(value)}`);
  }
  for (const [name, type] of Object.entries(value)) {
    isText(`${where}.${name}`, type);
    if (type === '') throw invalidArgument(`${where}.${name}`, "it is the name of a type, such as 'BIGINT'");
  }
};

const checks: Readonly<Record<string, OptionCheck>> = {
  header: isBoolean,
  delimiter: isMark,
  quote: isMarkOrNothing,
  escape: isMarkOrNothing,
  nullText: isNullText,
  columns: isTypes,
  skipRows: isCount,
  dateFormat: isFormat,
  timestampFormat: isFormat,
  badRows: isBadRows,
  ...textChecks,
};

/** The names of the options that say how a CSV file is written. */
export const dialectOptionNames: readonly string[] = Object.keys(checks);

/** Checks what is known now, and keeps what differs from the defaults. @throws CairnError `invalid_argument` */
export function defineDialect(options: object): Readonly<Record<string, unknown>> {
  return keepOptions('fromCsv', options, checks, defaults);
}

/** The dialect, once params and secrets have their values. @throws CairnError `invalid_argument` */
export function dialectOf(options: object): Dialect {
  const given = keepOptions('fromCsv', options, checks, {}) as Partial<Dialect>;
  const quote = given.quote ?? defaults.quote;
  const dialect: Dialect = {
    ...defaults,
    escape: quote,
    columns: {},
    dateFormat: undefined,
    timestampFormat: undefined,
    encoding: undefined,
    compression: undefined,
    ...given,
  };
  checkCastable(dialect);
  if (dialect.delimiter === dialect.quote || dialect.delimiter === dialect.escape) {
    throw invalidArgument('fromCsv.delimiter', 'it is none of quote and escape');
  }
  if (
    dialect.nullText !== '' &&
    [dialect.delimiter, quote].some((mark) => mark !== '' && dialect.nullText.includes(mark))
  ) {
    throw invalidArgument('fromCsv.nullText', 'it holds neither delimiter nor quote');
  }
  return dialect;
}

/** What stands for a type in a cast, where it cannot be a literal: a name with its arguments, and nothing behind it. */
function checkCastable({ badRows, columns }: Dialect): void {
  if (badRows === 'fail') return;
  for (const [name, type] of Object.entries(columns)) {
    if (isTypeText(type)) continue;
    throw invalidArgument(`fromCsv.columns.${name}`, "it is no type that goes with badRows: 'collect'");
  }
}

/** Says whether a text can be a type in SQL, and cannot be more than that. */
export function isTypeText(type: string): boolean {
  if (!/^[a-z_](?:[\w ,()[\]]|"[^"]*"|'[^']*')*$/iu.test(type)) return false;
  let depth = 0;
  for (const mark of type.replace(/"[^"]*"|'[^']*'/gu, '')) {
    if (mark === '(') depth += 1;
    if (mark === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
