import { invalidArgument, type Param, type Secret } from '@cairn/core/plugin';
import { checkUrlPrefixes } from './allow-urls.ts';
import type { Fetch } from './fetch.ts';
import { together } from './together.ts';
import { isBoolean, isPlaceholder, kindOf, type OptionCheck } from './options.ts';

/** How a URL is asked. They go with `url` alone. */
export interface HttpOptions {
  /**
   * Headers of every request, such as `{ authorization: secret('TOKEN') }`. They are in no fingerprint and no message, and do
   * not go along to another origin that a server redirects to.
   */
  readonly headers?: Readonly<Record<string, string | Param | Secret>>;
  /**
   * How many times a request is made again after the network failed, nothing came for `timeoutMs`, or the server answered 408,
   * 425, 429 or 5xx: after 0.2 s, and twice as long each time up to 10 s, or after as long as `Retry-After` says, where that
   * is a minute at most. A download goes on where it broke off when the server can do that.
   *
   * @default 3
   */
  readonly retries?: number;
  /** The longest wait for an answer, and for more of it, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number;
  /** The most bytes of a download that is kept while it is read; more is `input_too_large`. @default 1_073_741_824 */
  readonly maxBytes?: number;
  /**
   * The only URLs that are asked, redirects included, such as `['https://data.example.org/open/']`: a URL is allowed when it has the
   * same scheme, host and port, and its path is that path or goes on below it. A runner's `allowUrls` holds besides.
   *
   * @default all
   */
  readonly allow?: readonly string[];
  /**
   * Whether parts of a file may be asked for, instead of downloading all of it. That needs `identity: 'etag'` and a server that
   * knows ranges and strong ETags.
   *
   * @default true
   */
  readonly ranges?: boolean;
  /** Makes the requests. @default the platform's `fetch` */
  readonly fetch?: Fetch;
}

/** The options of a URL with their defaults. What is secret arrives with the context instead. */
export interface HttpSettings {
  /** The headers whose values are known when the connector is made. */
  readonly headers: Readonly<Record<string, string>>;
  readonly retries: number;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly allow: readonly string[] | undefined;
  readonly ranges: boolean;
  readonly fetch: Fetch;
}

const isCount =
  (least: number): OptionCheck =>
  (where, value) => {
    if (Number.isSafeInteger(value) && (value as number) >= least) return;
    throw invalidArgument(where, `it is a whole number of at least ${least}, and was given ${kindOf(value)}`);
  };

const checks: Readonly<Record<string, OptionCheck>> = {
  headers: (where, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalidArgument(where, `it is an object of texts, and was given ${kindOf(value)}`);
    }
    for (const [name, text] of Object.entries(value))
      if (!isPlaceholder(text)) checkHeader(where, name, text);
  },
  retries: isCount(0),
  timeoutMs: isCount(1),
  maxBytes: isCount(1),
  allow: checkUrlPrefixes,
  ranges: isBoolean,
  fetch: (where, value) => {
    if (typeof value !== 'function') throw invalidArgument(where, 'it is a function');
  },
};

/** The names of {@link HttpOptions}. */
export const httpOptionNames: readonly string[] = Object.keys(checks);

// What says which part of which version is asked for is the reader's own affair.
const reserved = ['range', 'if-range', 'if-match', 'if-none-match', 'content-length', 'host'];

/** @throws CairnError `invalid_argument`, never with the value */
export function checkHeader(where: string, name: string, value: unknown): asserts value is string {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/u.test(name)) {
    throw invalidArgument(where, `'${name}' is no name of a header`);
  }
  if (reserved.includes(name.toLowerCase()))
    throw invalidArgument(where, `'${name}' is set by the reader itself`);
  if (typeof value !== 'string' || !/^[\t\u0020-\u007E\u0080-\u00FF]*$/u.test(value)) {
    throw invalidArgument(
      `${where}.${name}`,
      `it is a text of one line in Latin-1, and was given ${typeof value === 'string' ? 'another text' : kindOf(value)}`,
    );
  }
}

/** Checks how a URL is asked. @throws CairnError `invalid_argument` */
export function defineHttp(connector: string, options: HttpOptions): HttpSettings {
  const given = options as Readonly<Record<string, unknown>>;
  together(
    connector,
    Object.entries(checks).map(([name, check]) => () => {
      if (given[name] !== undefined) check(`${connector}.${name}`, given[name]);
    }),
  );
  const known = Object.entries(options.headers ?? {}).filter(([, value]) => !isPlaceholder(value));
  return {
    headers: Object.fromEntries(known) as Record<string, string>,
    retries: options.retries ?? 3,
    timeoutMs: options.timeoutMs ?? 30_000,
    maxBytes: options.maxBytes ?? 1024 ** 3,
    allow: options.allow === undefined ? undefined : [...options.allow],
    ranges: options.ranges ?? true,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
  };
}

/** The headers that are known only when the connector is called; they are part of its `location`. */
export function laterHeaders({ headers = {} }: HttpOptions): Readonly<Record<string, unknown>> | undefined {
  const later = Object.entries(headers).filter(([, value]) => isPlaceholder(value));
  return later.length === 0 ? undefined : Object.fromEntries(later);
}
