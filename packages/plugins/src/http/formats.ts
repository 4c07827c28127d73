import type { SinkConnector, SourceConnector } from '@cairn/core/plugin';
import { fromArrow, type FromArrowOptions } from '../arrow/from-arrow.ts';
import { toArrow, type ToArrowOptions } from '../arrow/to-arrow.ts';
import type { FromCsvOptions } from '../csv/csv-options.ts';
import { fromCsv } from '../csv/from-csv.ts';
import { toCsv, type ToCsvOptions } from '../csv/to-csv.ts';
import type { HttpOptions } from '../input/http-options.ts';
import type { IdentityOptions, PlaceOptions } from '../input/place.ts';
import { fromJson } from '../json/from-json.ts';
import type { FromJsonOptions } from '../json/json-options.ts';
import { toJson, type ToJsonOptions } from '../json/to-json.ts';
import type { TargetOptions } from '../output/define-target.ts';
import { fromParquet, type FromParquetOptions } from '../parquet/from-parquet.ts';
import { toParquet, type ToParquetOptions } from '../parquet/to-parquet.ts';

/** What every source of a URL takes. */
export interface UrlPlace extends HttpOptions {
  readonly url: NonNullable<PlaceOptions['url']>;
  readonly identity: NonNullable<IdentityOptions['identity']>;
}

/** The options of sources by format, without those that say where the bytes are. */
export interface SourceFormats {
  readonly arrow: Omit<FromArrowOptions, keyof PlaceOptions | keyof IdentityOptions>;
  readonly csv: Omit<FromCsvOptions, keyof PlaceOptions | keyof IdentityOptions>;
  readonly json: Omit<FromJsonOptions, keyof PlaceOptions | keyof IdentityOptions>;
  readonly parquet: Omit<FromParquetOptions, keyof PlaceOptions | keyof IdentityOptions>;
}

/** The options of sinks by format, without those that say where the bytes go. */
export interface SinkFormats {
  readonly arrow: Omit<ToArrowOptions, keyof TargetOptions>;
  readonly csv: Omit<ToCsvOptions, keyof TargetOptions>;
  readonly json: Omit<ToJsonOptions, keyof TargetOptions>;
  readonly parquet: Omit<ToParquetOptions, keyof TargetOptions>;
}

/** What is known of a format. */
interface Format {
  /** What a URL's path ends in. */
  readonly extensions: readonly string[];
  /** What a server calls it, without parameters. */
  readonly types: readonly string[];
  source(options: UrlPlace & object): SourceConnector;
}

export const sourceFormats: Readonly<Record<keyof SourceFormats, Format>> = {
  csv: {
    extensions: ['csv'],
    types: ['text/csv', 'application/csv'],
    source: (options) => fromCsv(options),
  },
  json: {
    extensions: ['json', 'ndjson', 'jsonl'],
    types: [
      'application/json',
      'application/x-ndjson',
      'application/ndjson',
      'application/jsonl',
      'text/json',
    ],
    source: (options) => fromJson(options),
  },
  parquet: {
    extensions: ['parquet'],
    types: ['application/vnd.apache.parquet', 'application/x-parquet', 'application/parquet'],
    source: (options) => fromParquet(options),
  },
  arrow: {
    extensions: ['arrow', 'arrows', 'feather'],
    types: ['application/vnd.apache.arrow.file', 'application/vnd.apache.arrow.stream'],
    source: (options) => fromArrow(options),
  },
};

export const sinkFormats: Readonly<
  Record<keyof SinkFormats, (options: TargetOptions & object) => SinkConnector>
> = {
  csv: (options) => toCsv(options),
  json: (options) => toJson(options),
  parquet: (options) => toParquet(options),
  arrow: (options) => toArrow(options),
};

/** The format that a URL's path tells by how it ends. */
export function formatOfUrl(url: string): keyof SourceFormats | undefined {
  const extension = /\.([a-z0-9]+)(?:[?#].*)?$/iu.exec(url.replace(/[?#].*$/su, ''))?.[1]?.toLowerCase();
  return find(({ extensions }) => extension !== undefined && extensions.includes(extension));
}

/** The options that go without saying for a file of this name: those of `.ndjson` and `.arrows` are not those of `.json` and `.arrow`. */
export function optionsOfUrl(url: string): Readonly<Record<string, unknown>> {
  const path = url.replace(/[?#].*$/su, '');
  if (/\.(?:ndjson|jsonl)$/iu.test(path)) return { format: 'lines' };
  return /\.arrows$/iu.test(path) ? { format: 'stream' } : {};
}

/** The format that a server tells by `Content-Type`. */
export function formatOfType(type: string | null): keyof SourceFormats | undefined {
  const plain = type?.split(';')[0]?.trim().toLowerCase() ?? '';
  return find(({ types }) => types.includes(plain));
}

function find(fits: (format: Format) => boolean): keyof SourceFormats | undefined {
  const found = Object.entries(sourceFormats).find(([, format]) => fits(format));
  return found?.[0] as keyof SourceFormats | undefined;
}
