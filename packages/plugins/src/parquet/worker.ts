import initialize, * as library from 'parquet-wasm/esm';
import {
  createDecoder,
  isTrap,
  type ParquetCompression,
  type ParquetDecoder,
  type RowRange,
} from './decoder.ts';

/** What the page asks for. */
export type Request =
  | { readonly number: number; readonly what: 'rows'; readonly bytes: Uint8Array; readonly range: RowRange }
  | { readonly number: number; readonly what: 'schema'; readonly bytes: Uint8Array }
  | {
      readonly number: number;
      readonly what: 'encode';
      readonly bytes: Uint8Array;
      readonly compression: ParquetCompression;
    };

/** What the worker answers to each request, having said once whether it can begin. */
export type Answer =
  | { readonly number: number; readonly bytes: Uint8Array }
  | { readonly number: number; readonly message: string; readonly broke: boolean };

/** What is used of the worker's own scope. */
declare const self: {
  postMessage(answer: Answer | { readonly started: boolean }, transfer?: readonly ArrayBufferLike[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: Request }) => void): void;
};

const decoder = createDecoder(library);

function answer(request: Request, { rows, schema, encode }: ParquetDecoder): Uint8Array {
  switch (request.what) {
    case 'rows':
      return rows(request.bytes, request.range);
    case 'schema':
      return schema(request.bytes);
    case 'encode':
      return encode(request.bytes, request.compression);
  }
}

self.addEventListener('message', ({ data: request }) => {
  const { number } = request;
  try {
    const bytes = answer(request, decoder);
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
