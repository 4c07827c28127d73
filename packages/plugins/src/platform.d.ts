/**
 * The web-platform globals that the connectors need and both a browser and Node have. They compile without DOM and
 * Node types, so whatever is not declared here does not exist for them.
 */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}

declare var crypto: {
  readonly subtle: { digest(algorithm: 'SHA-256', data: Uint8Array): Promise<ArrayBuffer> } | undefined;
};

declare var TextEncoder: { new (): { encode(text: string): Uint8Array } };
declare var TextDecoder: {
  new (
    encoding?: string,
    options?: { fatal?: boolean; ignoreBOM?: boolean },
  ): { decode(bytes?: Uint8Array, options?: { stream?: boolean }): string };
};
declare function setTimeout(run: () => void, ms: number): unknown;
declare function btoa(binary: string): string;
declare var fetch: import('./input/fetch.ts').Fetch;
declare function atob(text: string): string;
declare var Blob: {
  new (
    parts: readonly unknown[],
    options?: { type?: string },
  ): { readonly size: number; readonly type: string; arrayBuffer(): Promise<ArrayBuffer> };
};
declare var URL: {
  new (url: string, base: string): object;
  createObjectURL(blob: object): string;
  revokeObjectURL(url: string): void;
};
interface ImportMeta {
  readonly url: string;
}
declare var Worker: {
  new (script: object, options: { type: 'module'; name: string }): Worker;
};
interface Worker {
  addEventListener(
    type: 'error',
    listener: (event: { readonly message?: string; preventDefault?(): void }) => void,
  ): void;
  addEventListener(
    type: 'message',
    listener: (event: { readonly data: import('./parquet/worker.ts').Answer }) => void,
  ): void;
  postMessage(request: import('./parquet/worker.ts').Request, transfer: readonly ArrayBufferLike[]): void;
  terminate(): void;
}
