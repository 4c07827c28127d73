import {
  type ConnectorContext,
  invalidArgument,
  type ParamsIn,
  type SinkConnector,
} from '@cairn/core/plugin';
import { httpOptionNames, type HttpOptions } from '../input/http-options.ts';
import { checkOptionNames, type Exactly, isPlaceholder, kindOf } from '../input/options.ts';
import { defineTarget, type TargetOptions } from '../output/define-target.ts';
import { formatOfUrl, optionsOfUrl, sinkFormats, type SinkFormats } from './formats.ts';

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
  if (format !== undefined && !isSinkFormat(format)) throw wrongFormat(format);
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument('toHttp.options', `it is an object, and was given ${kindOf(options)}`);
  }
  const misplaced = Object.keys(options).find((name) => Object.hasOwn(target, name));
  if (misplaced !== undefined) {
    throw invalidArgument('toHttp.options', `'${misplaced}' is an option of toHttp itself`);
  }
  const make = (chosen: keyof SinkFormats, told: object): SinkConnector =>
    sinkFormats[chosen]({ ...target, ...told, ...options });
  if (format !== undefined) return make(format, {}) as SinkConnector<ParamsIn<Options>>;
  const { url } = target;
  const sink = isPlaceholder(url)
    ? lateSink(target, options, make)
    : make(formatFor(url), optionsOfUrl(String(url)));
  return sink as SinkConnector<ParamsIn<Options>>;
}

/** @throws CairnError `invalid_argument` unless the URL tells a format that can be written */
function formatFor(url: unknown): keyof SinkFormats {
  const told = typeof url === 'string' ? formatOfUrl(url) : undefined;
  if (told === undefined || !isSinkFormat(told)) throw wrongFormat(told);
  return told;
}

const isSinkFormat = (format: string): format is keyof SinkFormats => Object.hasOwn(sinkFormats, format);

function wrongFormat(given: unknown): Error {
  const formats = Object.keys(sinkFormats);
  const what = `it is one of ${formats.join(', ')}, and can be left out where the URL's path ends in it`;
  return invalidArgument('toHttp.format', what, String(given), formats);
}

/** A sink whose format is known when its URL is. */
function lateSink(
  target: TargetOptions,
  options: object,
  make: (format: keyof SinkFormats, told: object) => SinkConnector,
): SinkConnector {
  const made = new Map<string, SinkConnector>();
  const choose = (
    context: ConnectorContext,
  ): { readonly sink: SinkConnector; readonly context: ConnectorContext } => {
    const { url } = context.location;
    const format = formatFor(url);
    const sink = made.get(format) ?? make(format, {});
    made.set(format, sink);
    return { sink, context: { ...context, options: { ...optionsOfUrl(String(url)), ...context.options } } };
  };
  return {
    type: 'http',
    location: defineTarget('toHttp', target, '').location,
    options: Object.freeze({ ...options }),
    prepare: async (input, given) => {
      const { sink, context } = choose(given);
      return sink.prepare(input, context);
    },
    commit: async (prepared, given) => {
      const { sink, context } = choose(given);
      return sink.commit(prepared, context);
    },
    rollback: async (prepared, given) => {
      const { sink, context } = choose(given);
      return sink.rollback(prepared, context);
    },
    verify: async (receipt, given) => {
      const { sink, context } = choose(given);
      return sink.verify(receipt, context);
    },
  };
}
