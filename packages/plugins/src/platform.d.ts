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
declare var performance: { now(): number };
declare var MessageChannel: {
  new (): {
    readonly port1: {
      addEventListener(type: 'message', listener: () => void): void;
      start(): void;
      close(): void;
    };
    readonly port2: { postMessage(message: undefined): void };
  };
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
declare var URL: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
