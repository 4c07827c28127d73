import {
  type ConnectorContext,
  invalidArgument,
  type ParamsIn,
  type SinkConnector,
} from '@cairn/core/plugin';
import { httpOptionNames, type HttpOptions } from '../input/http-options.ts';
import { checkOptionNames, type Exactly, isPlaceholder, kindOf } from '../input/options.ts';
import { defineTarget, type TargetOptions } from '../output/define-target.ts';
import { formatOfUrl, sinkFormats, type SinkFormats } from './formats.ts';

/** What `toHttp` takes: where, in which format, and the format's own options. */
export type ToHttpOptions = Omit<HttpOptions, 'ranges'> &
  Pick<TargetOptions, 'method' | 'onlyIfUnchanged'> & { readonly url: NonNullable<TargetOptions['url']> } & {
    [Format in keyof SinkFormats]: {
      /** @default what the URL's path ends in */
      readonly format?: Format;
      /** The options of the format's own connector. @default none */
      readonly options?: SinkFormats[Format];
    };
  }[keyof SinkFormats];

/**
 * Sends a table to a server as a file of any format, with PUT or POST. It is what the format's own connector makes of the same URL
 * (`toCsv({ url })`).
 *
 * The file is made in memory first (`maxBytes` at most), and sent in one request when it is whole. The request has an `Idempotency-Key` that
 * is the same whenever this task sends the same bytes, and an `If-Match` with `onlyIfUnchanged`. The receipt is `{ bytes, rows, sha256 }`, and
 * `etag` after a PUT to a server that gives a strong one; the sink is done again when it is another one, or the file is gone. A POST is done
 * once, unless `force` names the step.
 *
 * Writing fails with `file_not_readable` (the server's answer), `input_too_large` or `url_not_allowed`.
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const publish = sink('publish', byOrigin, toHttp({
 *   url: 'https://data.example.org/by-origin.csv',
 *   headers: { authorization: secret('DATA_TOKEN') },
 * }));
 */
export function toHttp<const Options extends ToHttpOptions>(
  given: Exactly<ToHttpOptions, Options>,
): SinkConnector<ParamsIn<Options>> {
  const names = httpOptionNames.filter((name) => name !== 'ranges');
  checkOptionNames('toHttp', given, ['url', 'format', 'options', 'method', 'onlyIfUnchanged', ...names]);
  const { format, options = {}, ...target } = given;
  if (format !== undefined && !(format in sinkFormats)) throw wrongFormat(format);
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument('toHttp.options', `it is an object, and was given ${kindOf(options)}`);
  }
  const misplaced = Object.keys(options).find((name) => name in target);
  if (misplaced !== undefined) {
    throw invalidArgument('toHttp.options', `'${misplaced}' is an option of toHttp itself`);
  }
  const make = (chosen: keyof SinkFormats): SinkConnector => sinkFormats[chosen]({ ...target, ...options });
  const known = format ?? (isPlaceholder(target.url) ? undefined : formatFor(target.url));
  return (known === undefined ? lateSink(target, options, make) : make(known)) as SinkConnector<
    ParamsIn<Options>
  >;
}

/** @throws CairnError `invalid_argument` unless the URL tells a format that can be written */
function formatFor(url: unknown): keyof SinkFormats {
  const told = typeof url === 'string' ? formatOfUrl(url) : undefined;
  if (told === undefined || !(told in sinkFormats)) throw wrongFormat(told);
  return told;
}

function wrongFormat(given: unknown): Error {
  const formats = Object.keys(sinkFormats);
  const what = `it is one of ${formats.join(', ')}, and can be left out where the URL's path ends in it`;
  return invalidArgument('toHttp.format', what, String(given), formats);
}

/** A sink whose format is known when its URL is. */
function lateSink(
  target: TargetOptions,
  options: object,
  make: (format: keyof SinkFormats) => SinkConnector,
): SinkConnector {
  const made = new Map<string, SinkConnector>();
  const choose = ({ location }: ConnectorContext): SinkConnector => {
    const format = formatFor(location['url']);
    const sink = made.get(format) ?? make(format);
    made.set(format, sink);
    return sink;
  };
  return {
    type: 'http',
    location: defineTarget('toHttp', target, '').location,
    options: Object.freeze({ ...options }),
    prepare: async (input, context) => choose(context).prepare(input, context),
    commit: async (prepared, context) => choose(context).commit(prepared, context),
    rollback: async (prepared, context) => choose(context).rollback(prepared, context),
    verify: async (receipt, context) => choose(context).verify(receipt, context),
  };
}
