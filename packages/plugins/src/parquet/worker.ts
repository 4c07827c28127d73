import initialize, * as library from 'parquet-wasm/esm';
import { createDecoder, isTrap, type RowRange } from './decoder.ts';

/** What the page asks for. */
export type Request =
  | { readonly number: number; readonly what: 'rows'; readonly file: Uint8Array; readonly range: RowRange }
  | { readonly number: number; readonly what: 'schema'; readonly file: Uint8Array };

/** What the worker says: once whether it can begin, then one answer to each request. */
export type Answer =
  | { readonly started: boolean }
  | { readonly number: number; readonly bytes: Uint8Array }
  | { readonly number: number; readonly message: string; readonly broke: boolean };

/** What is used of the worker's own scope. */
declare const self: {
  postMessage(answer: Answer, transfer?: readonly ArrayBufferLike[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: Request }) => void): void;
};

const decoder = createDecoder(library);

self.addEventListener('message', ({ data: request }) => {
  const { number } = request;
  try {
    const bytes =
      request.what === 'rows' ? decoder.rows(request.file, request.range) : decoder.schema(request.file);
    self.postMessage({ number, bytes }, [bytes.buffer]);
  } catch (error) {
    self.postMessage({
      number,
      message: error instanceof Error ? error.message : String(error),
      broke: isTrap(error),
    });
  }
});

// Bundlers make a script of this, which cannot wait at its top.
void initialize().then(
  () => self.postMessage({ started: true }),
  () => self.postMessage({ started: false }),
);
