import {
  invalidArgument,
  isSecret,
  type ConnectorContext,
  type Param,
  type Secret,
} from '@cairn/core/plugin';
import { type HandleLike, isHandle } from './file-handle.ts';
import {
  defineHttp,
  type HttpOptions,
  httpOptionNames,
  type HttpSettings,
  laterHeaders,
} from './http-options.ts';
import { isPlaceholder, kindOf } from './options.ts';
import type { KnownHashes } from './url-input.ts';

/** What is used of a `File` or a `Blob`. */
export interface FileLike {
  /** Bytes. */
  readonly size: number;
  /** A `File` has one, a `Blob` has none. */
  readonly name?: string;
  /** Milliseconds since the epoch. A `File` has it. */
  readonly lastModified?: number;
  arrayBuffer(): Promise<ArrayBuffer>;
  /** The bytes from one offset to another. */
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** Where a source's bytes are: exactly one of the four. */
export interface PlaceOptions {
  /** A local file; relative paths start at the host's working folder. It is a name and never a pattern. */
  readonly path?: string | Param | Secret;
  /**
   * A `File` or a `Blob`, such as a page's user chooses or drops. No param: params are plain data, so a pipeline is made
   * anew for each file; steps are known again by its content. It is read when the step runs: one that was changed, moved
   * or removed since it was chosen has to be chosen again.
   *
   * Or a `FileSystemFileHandle`, or one that `@cairn/web` keeps across reloads: its file is read as it is when the step runs.
   * Fails with `permission_needed` when the user has to be asked again.
   */
  readonly file?: FileLike | HandleLike;
  /** Where to fetch the bytes from. */
  readonly url?: string | Param | Secret;
  /** The bytes themselves; they are copied. */
  readonly bytes?: Uint8Array | Param;
}

/**
 * Says what tells a source's bytes from others, in a text: a version, a time, a count. Asked before the bytes are read, and
 * again after, since what it says must hold for exactly these bytes.
 */
export type IdentityProbe = (context: ConnectorContext) => string | Promise<string>;

/** How a source knows its bytes again, and how it gets them. */
export interface IdentityOptions extends HttpOptions {
  /**
   * What tells these bytes from others. `content` is their SHA-256, which is certain; of a local file that has not
   * changed it is remembered. `stat` is size and time of change of a local file or a `File`, and where it is or what it
   * is called; that costs nothing. `etag` is what the server of a URL calls this version: its ETag, or else its
   * Last-Modified, or else the content. A function is asked.
   *
   * @default 'content'
   */
  readonly identity?: 'content' | 'stat' | 'etag' | IdentityProbe;
}

/** What a source's identity goes by. */
export type Identified = 'content' | 'stat' | 'etag' | 'probe';

/** A source's place as its factory keeps it. */
export interface Place {
  readonly connector: string;
  /** The connector's `location`: bytes and files are not in it, for a definition is frozen and they cannot be. */
  readonly location: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array | undefined;
  readonly file: FileLike | HandleLike | undefined;
  /** True when messages may not show the URL. */
  readonly hidden: boolean;
  readonly identity: Identified;
  /** With `probe`. */
  readonly probe: IdentityProbe | undefined;
  readonly http: HttpSettings;
  /** What is remembered of a URL while the connector lives. */
  readonly known: KnownHashes;
}

/** The names of the options that every source has. */
export const placeOptionNames: readonly string[] = [
  'path',
  'url',
  'file',
  'bytes',
  'identity',
  ...httpOptionNames,
];

const kinds = ['path', 'url', 'file', 'bytes'] as const;
type Kind = (typeof kinds)[number];
const identities = ['content', 'stat', 'etag'] as const;

/** Checks a place as it is written down. @throws CairnError `invalid_argument` */
export function definePlace(connector: string, options: PlaceOptions & IdentityOptions): Place {
  const given = kinds.filter((kind) => options[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    const what = kind === undefined ? 'none of them' : given.join(' and ');
    throw invalidArgument(
      connector,
      `it takes exactly one of path, url, file and bytes, and was given ${what}`,
    );
  }
  const value = options[kind];
  if (kind === 'file' || !isPlaceholder(value)) checkPlace(connector, kind, value);

  const { identity: chosen = 'content' } = options;
  const http = defineHttp(connector, options);
  const [identity, probe] =
    typeof chosen === 'function' ? (['probe', chosen] as const) : ([chosen, undefined] as const);
  if (probe === undefined && !(identities as readonly string[]).includes(identity)) {
    throw invalidArgument(
      `${connector}.identity`,
      `it is one of ${identities.join(', ')}, or a function`,
      identity,
      identities,
    );
  }
  if (
    (identity === 'stat' && kind !== 'path' && kind !== 'file') ||
    (identity === 'etag' && kind !== 'url')
  ) {
    throw invalidArgument(
      `${connector}.identity`,
      `'${identity}' does not go with ${kind}: stat is for a path or a file, etag for a url`,
    );
  }
  const file = kind === 'file' ? (value as FileLike | HandleLike) : undefined;
  if (identity === 'stat' && file !== undefined && !isHandle(file) && !isFile(file)) {
    throw invalidArgument(
      `${connector}.identity`,
      "'stat' does not go with a Blob: only a File has a name and a time of change",
    );
  }
  const misplaced = httpOptionNames.find((name) => name !== 'fetch' && name in options);
  if (misplaced !== undefined && kind !== 'url' && options[misplaced as keyof HttpOptions] !== undefined) {
    throw invalidArgument(`${connector}.${misplaced}`, `it goes with url, and not with ${kind}`);
  }

  const bytes = value instanceof Uint8Array ? new Uint8Array(value) : undefined;
  const shown = file !== undefined ? nameOf(file) : bytes !== undefined ? `${bytes.length} bytes` : value;
  const later = laterHeaders(options);
  return {
    connector,
    location: Object.freeze({ [kind]: shown, ...(later === undefined ? {} : { headers: later }) }),
    bytes,
    file,
    hidden: isSecret(value),
    identity,
    probe,
    http,
    known: new Map(),
  };
}

/** What messages call it. */
export function nameOf({ name }: { readonly name?: string }): string {
  return name === undefined || name === '' ? 'a Blob' : name;
}

function isFile({ name, lastModified }: FileLike): boolean {
  return typeof name === 'string' && typeof lastModified === 'number';
}

/** Checks one of the four as a value. @throws CairnError `invalid_argument` */
export function checkPlace(connector: string, kind: Kind, value: unknown): void {
  if (kind === 'file') {
    if (isHandle(value)) return;
    const { size, arrayBuffer, slice } = (value ?? {}) as Partial<FileLike>;
    if (typeof size === 'number' && typeof arrayBuffer === 'function' && typeof slice === 'function') return;
    throw invalidArgument(
      `${connector}.file`,
      isPlaceholder(value)
        ? 'it is a File or a Blob itself: a param is plain data, which they are not'
        : `it is a File or a Blob, and was given ${kindOf(value)}`,
    );
  }
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
