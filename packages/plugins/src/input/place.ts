import { invalidArgument, isSecret, type Param, type Secret } from '@cairn/core/plugin';
import type { Fetch } from './fetch.ts';
import { isPlaceholder, kindOf } from './options.ts';

/** Where a source's bytes are: exactly one of the three. */
export interface PlaceOptions {
  /** A local file; relative paths start at the host's working folder. It is a name and never a pattern. */
  readonly path?: string | Param | Secret;
  /** Where to fetch the bytes from. */
  readonly url?: string | Param | Secret;
  /** The bytes themselves; they are copied. */
  readonly bytes?: Uint8Array | Param;
}

/** How a source knows its bytes again, and how it gets them. */
export interface IdentityOptions {
  /**
   * What tells these bytes from others. `content` is their SHA-256, which is certain. `stat` is a local file's size
   * and time of change, which costs nothing. `etag` is what the server of a URL calls this version.
   *
   * @default 'content'
   */
  readonly identity?: 'content' | 'stat' | 'etag';
  /** Fetches URLs. @default the platform's `fetch` */
  readonly fetch?: Fetch;
}

/** A source's place as its factory keeps it. */
export interface Place {
  readonly connector: string;
  /** The connector's `location`: bytes are not in it, for a definition is frozen and bytes cannot be. */
  readonly location: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array | undefined;
  /** True when messages may not show the URL. */
  readonly hidden: boolean;
  readonly identity: 'content' | 'stat' | 'etag';
  readonly fetch: Fetch;
}

/** The names of the options that every source has. */
export const placeOptionNames: readonly string[] = ['path', 'url', 'bytes', 'identity', 'fetch'];

const kinds = ['path', 'url', 'bytes'] as const;
const identities = ['content', 'stat', 'etag'] as const;

/** Checks a place as it is written down. @throws CairnError `invalid_argument` */
export function definePlace(connector: string, options: PlaceOptions & IdentityOptions): Place {
  const given = kinds.filter((kind) => options[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    const what = kind === undefined ? 'none of them' : given.join(' and ');
    throw invalidArgument(connector, `it takes exactly one of path, url and bytes, and was given ${what}`);
  }
  const value = options[kind];
  if (!isPlaceholder(value)) checkPlace(connector, kind, value);

  const { identity = 'content', fetch: fetcher = fetch } = options;
  if (!identities.includes(identity)) {
    throw invalidArgument(
      `${connector}.identity`,
      `it is one of ${identities.join(', ')}`,
      identity,
      identities,
    );
  }
  if ((identity === 'stat' && kind !== 'path') || (identity === 'etag' && kind !== 'url')) {
    throw invalidArgument(
      `${connector}.identity`,
      `'${identity}' does not go with ${kind}: stat is for a path, etag for a url`,
    );
  }
  if (typeof fetcher !== 'function') throw invalidArgument(`${connector}.fetch`, 'it is a function');

  const bytes = value instanceof Uint8Array ? value.slice() : undefined;
  return {
    connector,
    location: Object.freeze({ [kind]: bytes === undefined ? value : `${bytes.length} bytes` }),
    bytes,
    hidden: isSecret(value),
    identity,
    fetch: fetcher,
  };
}

/** Checks one of the three as a value. @throws CairnError `invalid_argument` */
export function checkPlace(connector: string, kind: 'path' | 'url' | 'bytes', value: unknown): void {
  if (kind === 'bytes') {
    if (value instanceof Uint8Array) return;
    throw invalidArgument(`${connector}.bytes`, `it is a Uint8Array, and was given ${kindOf(value)}`);
  }
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return;
  throw invalidArgument(
    `${connector}.${kind}`,
    `it is a text of at least one character, and was given ${kindOf(value)}`,
  );
}
