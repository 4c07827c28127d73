import {
  type ConnectorContext,
  createPace,
  fileNotFound,
  invalidArgument,
  type TableView,
} from '@cairn/core/plugin';
import type { FileLike } from '../input/place.ts';
import { createSha256 } from '../input/sha256-pieces.ts';
import { isText } from '../input/options.ts';
import { csvBytes } from './csv-bytes.ts';
import type { Target } from './file-target.ts';

/** A `Blob` as the platform's types call it, or what every platform's has where there are none. */
export type CsvBlob = typeof globalThis extends { Blob: { prototype: infer Platform } }
  ? Platform
  : FileLike & { readonly type: string };

/** What `onBlob` is told of the `Blob`; also the receipt. */
export interface CsvBlobInfo {
  readonly rows: number;
  readonly bytes: number;
  /** Of the content, in lower-case hex. */
  readonly sha256: string;
}

/** Takes a finished `Blob` of type `text/csv`. What it throws fails the step. */
export type OnBlob = (blob: CsvBlob, info: CsvBlobInfo) => void | Promise<void>;

/** As much as is handed to the platform at once, which keeps it outside of the page's memory, or on disk. */
const partBytes = 4 * 1024 * 1024;
/** How long a browser may take to begin a download. */
const revokeAfterMs = 40_000;

/** A `Blob` that is handed to a function. It lives as long as the page, so it is always handed over anew. */
export function callbackTarget(onBlob: OnBlob): Target {
  return blobTarget({
    check: () => undefined,
    deliver: (blob, info) => onBlob(blob, info),
    lasts: false,
  });
}

/** A file that a browser downloads. Where it went is not known, so once is enough. */
export function downloadTarget(): Target {
  return blobTarget({
    check: checkPage,
    deliver: (blob, _info, context) => download(blob, context),
    lasts: true,
  });
}

function blobTarget({
  check,
  deliver,
  lasts,
}: {
  check(context: ConnectorContext): void;
  deliver(blob: CsvBlob, info: CsvBlobInfo, context: ConnectorContext): void | Promise<void>;
  readonly lasts: boolean;
}): Target {
  // What is prepared is in this memory only: whoever asks for it after a crash or in another page finds nothing.
  const held = new Map<unknown, CsvBlob>();
  let count = 0;
  return {
    prepare: async (input, context) => {
      check(context);
      const { blob, ...info } = await blobOf(input, context);
      count += 1;
      const key = `${context.runId}/${context.step}/${count}`;
      held.set(key, blob);
      return { blob: key, ...info };
    },

    commit: async (prepared, context) => {
      const { blob: key, ...info } = prepared;
      const blob = held.get(key);
      if (blob === undefined) {
        throw fileNotFound(`Blob ${String(key)}`, new Error('it was prepared in memory that is gone'));
      }
      await deliver(blob, info as unknown as CsvBlobInfo, context);
      held.delete(key);
      return info;
    },

    rollback: async ({ blob: key }) => {
      held.delete(key);
    },

    verify: async () => lasts,
  };
}

async function blobOf(
  input: TableView,
  context: ConnectorContext,
): Promise<CsvBlobInfo & { readonly blob: CsvBlob }> {
  const parts: unknown[] = [];
  let pieces: Uint8Array[] = [];
  let [bytes, waiting] = [0, 0];
  const hash = createSha256();
  const pace = createPace();
  for await (const piece of csvBytes(input, context)) {
    context.signal.throwIfAborted();
    await hash.update(piece, pace);
    pieces.push(piece);
    bytes += piece.length;
    waiting += piece.length;
    if (waiting < partBytes) continue;
    parts.push(new Blob(pieces));
    [pieces, waiting] = [[], 0];
  }
  context.signal.throwIfAborted();
  const blob = new Blob([...parts, ...pieces], { type: 'text/csv' }) as CsvBlob;
  return { blob, bytes, rows: input.rows, sha256: hash.digest() };
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

function checkPage({ location }: ConnectorContext): void {
  checkDownload(location['download']);
  if (pageOf() === undefined) {
    throw invalidArgument(
      'toCsv.download',
      'it needs a page, and there is none here: give onBlob or path instead',
    );
  }
}

/** @throws CairnError `invalid_argument` unless it can be a file's name */
export function checkDownload(name: unknown): void {
  isText('toCsv.download', name);
  if (name === '')
    throw invalidArgument('toCsv.download', 'it is the name of a file, and was given an empty text');
}

function download(blob: CsvBlob, { location }: ConnectorContext): void {
  const page = pageOf();
  if (page === undefined) throw invalidArgument('toCsv.download', 'it needs a page, which is gone');
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
