import {
  type ConnectorContext,
  type Param,
  type ParamsIn,
  type Secret,
  type SinkConnector,
  sql,
  type TableView,
} from '@cairn/core/plugin';
import { checkOptionNames, type Exactly, keepOptions, type OptionCheck } from '../input/options.ts';
import { together } from '../input/together.ts';
import { defineTarget, type TargetOptions, targetOptionNames } from '../output/define-target.ts';
import { targetSink } from '../output/target-sink.ts';
import { lineBytes } from '../text/line-bytes.ts';
import { isOneOf } from '../text/text-options.ts';
import { contentTypeOf, type TextOutputOptions, textOutputChecks, writeText } from '../text/text-output.ts';
import { jsonObjects, type NonFinite } from './json-text.ts';

type Given<Value> = Value | Param | Secret;

/** What `toJson` takes: exactly one of path, url, onBlob, download and handle, and how the text is written. */
export interface ToJsonOptions extends TargetOptions, TextOutputOptions {
  /** `array`: one array with an object in each line; `lines`: an object in each line (NDJSON). @default 'array' */
  readonly format?: 'array' | 'lines';
  /**
   * How NaN and the infinities are written, which JSON does not have: as the texts `"NaN"`, `"Infinity"` and `"-Infinity"`, as null, or
   * not at all: then the step fails with `sql_failed`.
   *
   * @default 'text'
   */
  readonly nonFinite?: Given<NonFinite>;
}

const checks: Readonly<Record<string, OptionCheck>> = {
  format: isOneOf(['array', 'lines']),
  nonFinite: isOneOf(['text', 'null', 'fail']),
  ...textOutputChecks,
};
const defaults = { format: 'array', nonFinite: 'text', encoding: 'utf-8', compression: 'none' } as const;

/**
 * Writes a table as JSON (RFC 8259), an object for each row, in the table's order, with all columns in theirs; null is null.
 *
 * Integers and decimals are numbers with all their digits, whatever their size: readers that know doubles only lose some beyond 2^53.
 * DATE, TIME and TIMESTAMP are ISO 8601 texts, with `Z` where there is a time zone; BLOB is base64; STRUCT and MAP are objects, lists
 * arrays, and a UNION is the value that it holds. Every other type is the text that the engine casts it to. Lists in lists deeper than
 * 8 levels fail with `invalid_data`.
 *
 * Where the file goes, how it becomes visible, and the receipt are as with `toCsv`.
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const save = sink('save', byOrigin, toJson({ path: 'out/by-origin.json' }));
 * const send = sink('send', byOrigin, toJson({ path: 'out/by-origin.ndjson.gz', format: 'lines', compression: 'gzip' }));
 */
export function toJson<const Options extends ToJsonOptions>(
  options: Exactly<ToJsonOptions, Options>,
): SinkConnector<ParamsIn<Options>> {
  const [, target, settings] = together('toJson', [
    () => checkOptionNames('toJson', options, [...targetOptionNames, ...Object.keys(checks)]),
    () => defineTarget('toJson', options, contentTypeOf(typeOf(options), options)),
    () => keepOptions('toJson', options, checks, defaults),
  ]);
  return targetSink(target, {
    type: 'json',
    options: settings,
    chunks: jsonBytes,
  });
}

const typeOf = ({ format }: ToJsonOptions): string =>
  format === 'lines' ? 'application/x-ndjson' : 'application/json';

function jsonBytes(input: TableView, context: ConnectorContext): AsyncIterable<Uint8Array> {
  const given = keepOptions('toJson', context.options, checks, {});
  const settings = { ...defaults, ...given } as Required<Pick<ToJsonOptions, 'format'>> & {
    nonFinite: NonFinite;
  };
  return writeText(jsonText(input, settings, context), given);
}

async function* jsonText(
  input: TableView,
  { format, nonFinite }: { readonly format: 'array' | 'lines'; readonly nonFinite: NonFinite },
  context: ConnectorContext,
): AsyncGenerator<Uint8Array> {
  const objects = jsonObjects(input.columns, nonFinite);
  if (format === 'lines') {
    yield* lineBytes(input, sql`concat(${objects}, chr(10)) as line`, context);
    return;
  }
  const encoder = new TextEncoder();
  yield encoder.encode('[');
  let begun = false;
  for await (const bytes of lineBytes(input, sql`concat(',', chr(10), ${objects}) as line`, context)) {
    if (bytes.length === 0) continue;
    // No comma before the first.
    yield begun ? bytes : bytes.subarray(1);
    begun = true;
  }
  yield encoder.encode(begun ? '\n]\n' : ']\n');
}
