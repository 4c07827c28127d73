import { type ConnectorContext, createPace, invalidArgument } from '@cairn/core/plugin';
import type { FileLike } from '../input/place.ts';
import { isText } from '../input/options.ts';
import { createHeld, isGone } from './held.ts';
import type { Target } from './target.ts';
import { createSha256 } from '#sha256';

/** A `Blob` as the platform's types call it, or what every platform's has where there are none. */
export type OutputBlob = typeof globalThis extends { Blob: { prototype: infer Platform } }
  ? Platform
  : FileLike & { readonly type: string };

/** What `onBlob` is told of the `Blob`; also the receipt. */
export interface OutputBlobInfo {
  readonly rows: number;
  readonly bytes: number;
  /** Of the content, in lower-case hex. */
  readonly sha256: string;
}

/** Takes a finished `Blob`. What it throws fails the step. */
export type OnBlob = (blob: OutputBlob, info: OutputBlobInfo) => void | Promise<void>;

/** As much as is handed to the platform at once, which keeps it outside of the page's memory, or on disk. */
const partBytes = 4 * 1024 * 1024;
/** How long a browser may take to begin a download. */
const revokeAfterMs = 40_000;

/** A `Blob` that is handed to a function. It lives as long as the page, so it is always handed over anew. */
export function callbackTarget(onBlob: OnBlob, contentType: string): Target {
  return blobTarget(contentType, {
    // The function is no data and does not enter the fingerprint.
    location: { onBlob: true },
    check: () => undefined,
    deliver: (blob, info) => onBlob(blob, info),
    lasts: false,
  });
}

/** A file that a browser downloads. Where it went is not known, so once is enough. */
export function downloadTarget(connector: string, name: unknown, contentType: string): Target {
  return blobTarget(contentType, {
    location: { download: name },
    check: ({ location }) => {
      checkDownload(connector, location['download']);
      if (pageOf() !== undefined) return;
      throw invalidArgument(
        `${connector}.download`,
        'it needs a page, and there is none here: give onBlob or path instead',
      );
    },
    deliver: (blob, _info, context) => download(connector, blob, context),
    lasts: true,
  });
}

interface Delivery {
  readonly location: Readonly<Record<string, unknown>>;
  check(context: ConnectorContext): void;
  deliver(blob: OutputBlob, info: OutputBlobInfo, context: ConnectorContext): void | Promise<void>;
  readonly lasts: boolean;
}

function blobTarget(contentType: string, { location, check, deliver, lasts }: Delivery): Target {
  const held = createHeld<OutputBlob>();
  return {
    location,

    prepare: async (chunks, facts, context) => {
      check(context);
      const { blob, sha256 } = await blobOf(chunks, contentType, context);
      return { blob: held.add(context, blob as OutputBlob), bytes: blob.size, ...facts, sha256 };
    },

    commit: async (prepared, context) => {
      const { blob: key, ...info } = prepared;
      const blob = held.get(key);
      if (blob === undefined) throw isGone('Blob', key);
      await deliver(blob, info as unknown as OutputBlobInfo, context);
      held.delete(key);
      return info;
    },

    rollback: async ({ blob: key }) => {
      held.delete(key);
    },

    verify: async () => lasts,
  };
}

/** Collects chunks in the platform's memory. */
export async function blobOf(
  chunks: AsyncIterable<Uint8Array>,
  contentType: string,
  { signal }: ConnectorContext,
): Promise<{ readonly blob: Blob; readonly sha256: string }> {
  const parts: Blob[] = [];
  let pieces: Uint8Array[] = [];
  let waiting = 0;
  const hash = createSha256();
  const pace = createPace();
  for await (const piece of chunks) {
    signal.throwIfAborted();
    await hash.update(piece, pace);
    pieces.push(piece);
    waiting += piece.length;
    if (waiting < partBytes) continue;
    parts.push(new Blob(pieces));
    [pieces, waiting] = [[], 0];
  }
  signal.throwIfAborted();
  return { blob: new Blob([...parts, ...pieces], { type: contentType }), sha256: await hash.digest() };
}

/** What is used of a page. */
interface Page {
  readonly body: { append(element: Anchor): void };
  createElement(name: 'a'): Anchor;
}

interface Anchor {
  href: string;
  download: string;
  click(): void;
  remove(): void;
}

function pageOf(): Page | undefined {
  return (globalThis as { readonly document?: Page }).document;
}

/** @throws CairnError `invalid_argument` unless it can be a file's name */
export function checkDownload(connector: string, name: unknown): void {
  isText(`${connector}.download`, name);
  if (name === '') {
    throw invalidArgument(`${connector}.download`, 'it is the name of a file, and was given an empty text');
  }
}

function download(connector: string, blob: OutputBlob, { location }: ConnectorContext): void {
  const page = pageOf();
  if (page === undefined) throw invalidArgument(`${connector}.download`, 'it needs a page, which is gone');
  const anchor = page.createElement('a');
  anchor.href = URL.createObjectURL(blob);
  anchor.download = location['download'] as string;
  page.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => {
    URL.revokeObjectURL(anchor.href);
  }, revokeAfterMs);
}
