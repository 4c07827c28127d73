import {
  type ConnectorContext,
  invalidArgument,
  invalidData,
  type ParamsIn,
  type SourceConnector,
} from '@cairn/core/plugin';
import { type HttpOptions, httpOptionNames } from '../input/http-options.ts';
import { clientOf } from '../input/open-input.ts';
import { checkOptionNames, type Exactly, kindOf } from '../input/options.ts';
import { definePlace, type IdentityOptions, type Place, type PlaceOptions } from '../input/place.ts';
import { formatOfType, formatOfUrl, sourceFormats, type SourceFormats, type UrlPlace } from './formats.ts';

/** What {@link fromHttp} takes besides the format. */
interface FromHttpPlace extends HttpOptions {
  readonly url: NonNullable<PlaceOptions['url']>;
  /** What tells these bytes from others; see `IdentityOptions`. @default 'etag' */
  readonly identity?: IdentityOptions['identity'];
}

/** What `fromHttp` takes: where, in which format, and the format's own options. */
export type FromHttpOptions = FromHttpPlace &
  (
    | {
        /** Found out from how the URL's path ends, or else from the `Content-Type` of what is there. */
        readonly format?: 'auto';
        /** Of the format that it turns out to be. @default none */
        readonly options?: Readonly<Record<string, unknown>>;
      }
    | {
        [Format in keyof SourceFormats]: {
          readonly format: Format;
          /** The options of the format's own connector. @default none */
          readonly options?: SourceFormats[Format];
        };
      }[keyof SourceFormats]
    | {
        /** Makes a connector that is none of the standard ones. */
        readonly format: (place: UrlPlace) => SourceConnector;
        readonly options?: never;
      }
  );

/**
 * Reads a file of any format from a server. It is what the format's own connector makes of the same URL (`fromCsv({ url })`), with the
 * server's ETag for an identity: an unchanged file costs one request without a body.
 *
 * Where the format is not given, it is told by the URL (`.csv`, `.json`, `.ndjson`, `.parquet`, `.arrow`), or, when that is a `param()` or has no such ending, by the
 * server, and is then part of the identity.
 *
 * Reading fails with `file_not_found`, `file_not_readable`, `input_too_large`, `url_not_allowed` or `invalid_data`, and with what the format's
 * connector says.
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const rates = source('rates', fromHttp({
 *   url: 'https://data.example.org/open/rates.csv',
 *   headers: { authorization: secret('DATA_TOKEN') },
 *   options: { delimiter: ';' },
 * }));
 */
export function fromHttp<const Options extends FromHttpOptions>(
  given: Exactly<FromHttpOptions, Options>,
): SourceConnector<ParamsIn<Options>> {
  checkOptionNames('fromHttp', given, ['url', 'format', 'options', 'identity', ...httpOptionNames]);
  const { format = 'auto', options = {}, ...rest } = given as FromHttpOptions;
  const place: UrlPlace = { ...rest, identity: rest.identity ?? 'etag' };
  const defined = definePlace('fromHttp', place);
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument('fromHttp.options', `it is an object, and was given ${kindOf(options)}`);
  }
  const misplaced = Object.keys(options).find(
    (name) => Object.hasOwn(defined.location, name) || Object.hasOwn(rest, name),
  );
  if (misplaced !== undefined) {
    throw invalidArgument('fromHttp.options', `'${misplaced}' is an option of fromHttp itself`);
  }
  if (typeof format === 'function') return format(place) as SourceConnector<ParamsIn<Options>>;
  if (format !== 'auto' && !Object.hasOwn(sourceFormats, format)) {
    const formats = ['auto', ...Object.keys(sourceFormats)];
    throw invalidArgument(
      'fromHttp.format',
      `it is one of ${formats.join(', ')}, or a function`,
      format,
      formats,
    );
  }
  const known =
    format !== 'auto' ? format : typeof place.url === 'string' ? formatOfUrl(place.url) : undefined;
  if (known !== undefined) {
    return sourceFormats[known].source({ ...place, ...options }) as SourceConnector<ParamsIn<Options>>;
  }
  return autoConnector(defined, place, options) as SourceConnector<ParamsIn<Options>>;
}

/** A connector whose format is known when it is called. */
function autoConnector(defined: Place, place: UrlPlace, options: object): SourceConnector {
  const made = new Map<string, SourceConnector>();
  const choose = async (
    context: ConnectorContext,
  ): Promise<{ readonly format: string; readonly connector: SourceConnector }> => {
    const { url } = context.location;
    const format = (typeof url === 'string' ? formatOfUrl(url) : undefined) ?? (await ask(defined, context));
    const connector = made.get(format) ?? sourceFormats[format].source({ ...place, ...options });
    made.set(format, connector);
    return { format, connector };
  };
  // Location and options are made of what the other connector is made of, so what is filled in here is filled in there.
  return {
    type: 'http',
    location: defined.location,
    options: Object.freeze({ ...options }),
    identifiedBy: defined.identity,
    identity: async (context) => {
      const { format, connector } = await choose(context);
      return `${format}:${await connector.identity(context)}`;
    },
    read: async (context) => {
      const { format, connector } = await choose(context);
      const read = await connector.read(context);
      return { ...read, identity: `${format}:${read.identity}` };
    },
  };
}

async function ask(place: Place, context: ConnectorContext): Promise<keyof SourceFormats> {
  const client = clientOf(place, context);
  const { response, watch } = await client.send({ method: 'HEAD' });
  watch.close();
  const type = response.headers.get('content-type');
  const format = formatOfType(type);
  if (format !== undefined) return format;
  const formats = Object.keys(sourceFormats).join(', ');
  throw invalidData(
    `The format of '${client.shown}' is not known: the server calls it '${type ?? ''}', so give the option 'format' (${formats})`,
    { input: client.shown, type },
  );
}
