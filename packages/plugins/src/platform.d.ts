/**
 * The web-platform globals that the connectors need and both a browser and Node have. They compile without DOM and
 * Node types, so whatever is not declared here does not exist for them.
 */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
declare var AbortSignal: { any(signals: readonly AbortSignal[]): AbortSignal };
declare var AbortController: { new (): { readonly signal: AbortSignal; abort(reason?: unknown): void } };

declare var crypto: {
  readonly subtle: { digest(algorithm: 'SHA-256', data: Uint8Array): Promise<ArrayBuffer> } | undefined;
};

declare var TextEncoder: { new (): { encode(text: string): Uint8Array } };
declare var TextDecoder: {
  new (
    encoding?: string,
    options?: { fatal?: boolean; ignoreBOM?: boolean },
  ): {
    readonly encoding: string;
    decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
  };
};
declare function setTimeout(run: () => void, ms: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare function btoa(binary: string): string;
declare var fetch: import('./input/fetch.ts').Fetch;
declare function atob(text: string): string;
interface Blob {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(start: number, end: number): Blob;
}
declare var Blob: { new (parts: readonly unknown[], options?: { type?: string }): Blob };
interface URL {
  readonly href: string;
  readonly origin: string;
  readonly protocol: string;
  readonly host: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
  username: string;
  password: string;
}
declare var URL: {
  new (url: string, base?: string): URL;
  createObjectURL(blob: object): string;
  revokeObjectURL(url: string): void;
};
interface ImportMeta {
  readonly url: string;
}
declare var FinalizationRegistry: {
  new <Held>(forgotten: (held: Held) => void): { register(target: object, held: Held): void };
};
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
    listener: (event: { readonly data: object & { readonly started?: unknown } }) => void,
  ): void;
  postMessage(request: unknown, transfer: readonly ArrayBufferLike[]): void;
  terminate(): void;
}
