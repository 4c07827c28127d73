import { invalidArgument, type ParamsIn, type SinkConnector } from '@cairn/core/plugin';
import { httpOptionNames, type HttpOptions } from '../input/http-options.ts';
import { checkOptionNames, type Exactly, kindOf } from '../input/options.ts';
import type { TargetOptions } from '../output/define-target.ts';
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
  const { format, options = {}, ...target } = given as ToHttpOptions;
  const formats = Object.keys(sinkFormats);
  const chosen = format ?? (typeof target.url === 'string' ? formatOfUrl(target.url) : undefined);
  if (chosen === undefined || !(chosen in sinkFormats)) {
    throw invalidArgument('toHttp.format', `it is one of ${formats.join(', ')}`, String(chosen), formats);
  }
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument('toHttp.options', `it is an object, and was given ${kindOf(options)}`);
  }
  const misplaced = Object.keys(options).find((name) => name in target);
  if (misplaced !== undefined) {
    throw invalidArgument('toHttp.options', `'${misplaced}' is an option of toHttp itself`);
  }
  return sinkFormats[chosen as keyof SinkFormats]({ ...target, ...options }) as SinkConnector<
    ParamsIn<Options>
  >;
}
