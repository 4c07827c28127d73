import { invalidArgument, type Param, type Secret } from '@cairn/core/plugin';
import { isTypes, isTypeText } from '../csv/dialect.ts';
import type { IdentityOptions, PlaceOptions } from '../input/place.ts';
import { isText, keepOptions, type OptionCheck } from '../input/options.ts';
import { isOneOf, textChecks, textDefaults, type TextFileOptions } from '../text/text-options.ts';

type Given<Value> = Value | Param | Secret;

/** What `fromJson` takes. */
export interface FromJsonOptions extends PlaceOptions, IdentityOptions, TextFileOptions {
  /**
   * How rows stand in the file: `array`, the items of an array; `lines`, an object in each line (NDJSON); `auto`, an array where
   * the file begins with one or `pointer` is given, and else lines.
   *
   * @default 'auto'
   */
  readonly format?: Given<'array' | 'lines' | 'auto'>;
  /** Where the array is in the document: a JSON pointer (RFC 6901) such as `/data/items`. @default '' for the document itself */
  readonly pointer?: Given<string>;
  /**
   * The engine's types of columns by name, such as `{ at: 'TIMESTAMP' }`; the others' are found out. `JSON` keeps each value as its
   * JSON text.
   */
  readonly columns?: Given<Readonly<Record<string, string>>>;
  /**
   * What becomes of lines that are no rows. `fail`: the first one fails the step, and the message shows it. `collect`: they
   * are left out, and `rejected` reads them as a table of their own; for lines only.
   *
   * @default 'fail'
   */
  readonly badRows?: 'fail' | 'collect';
}

/** How a JSON file is read, every option filled in. */
export interface JsonSettings {
  readonly format: 'array' | 'lines' | 'auto';
  readonly pointer: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly badRows: 'fail' | 'collect';
  readonly encoding: string | undefined;
  readonly compression: 'gzip' | 'none' | undefined;
  readonly maxTextBytes: number;
}

const isPointer: OptionCheck = (where, value) => {
  isText(where, value);
  if (value === '' || /^(?:\/(?:[^~]|~[01])*)+$/u.test(value as string)) return;
  throw invalidArgument(where, 'it is a JSON pointer such as /data/items');
};

const checks: Readonly<Record<string, OptionCheck>> = {
  format: isOneOf(['array', 'lines', 'auto']),
  pointer: isPointer,
  columns: isTypes,
  badRows: isOneOf(['fail', 'collect']),
  ...textChecks,
};

const defaults = { format: 'auto', pointer: '', badRows: 'fail', ...textDefaults } as const;

/** The names of the options that say how a JSON file is written. */
export const jsonOptionNames: readonly string[] = Object.keys(checks);

/** Checks what is known now, and keeps what differs from the defaults. @throws CairnError `invalid_argument` */
export function defineJson(options: object): Readonly<Record<string, unknown>> {
  return keepOptions('fromJson', options, checks, defaults);
}

/** The settings, once params and secrets have their values. @throws CairnError `invalid_argument` */
export function jsonSettings(options: object): JsonSettings {
  const given = keepOptions('fromJson', options, checks, {}) as Partial<JsonSettings>;
  const settings = { ...defaults, columns: {}, encoding: undefined, compression: undefined, ...given };
  if (settings.format === 'lines' && settings.pointer !== '') {
    throw invalidArgument('fromJson.pointer', "it does not go with format: 'lines'");
  }
  if (settings.badRows === 'collect') {
    if (settings.format === 'array' || settings.pointer !== '') {
      throw invalidArgument(
        'fromJson.badRows',
        "'collect' is for lines: an array has an end only if all of it is right",
      );
    }
    for (const [name, type] of Object.entries(settings.columns)) {
      if (!isTypeText(type)) {
        throw invalidArgument(`fromJson.columns.${name}`, "it is no type that goes with badRows: 'collect'");
      }
    }
  }
  return settings;
}

/** The keys and positions of a JSON pointer. */
export function pointerSteps(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
