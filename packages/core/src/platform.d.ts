/**
 * The web-platform globals that core needs and both a browser and Node have. Core compiles without DOM and Node
 * types, so whatever is not declared here does not exist for it.
 */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
declare var AbortSignal: { any(signals: AbortSignal[]): AbortSignal };

interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare var AbortController: { new (): AbortController };

declare var crypto: {
  randomUUID(): string;
  readonly subtle: { digest(algorithm: 'SHA-256', data: Uint8Array): Promise<ArrayBuffer> } | undefined;
};

declare var TextEncoder: { new (): { encode(text: string): Uint8Array } };
declare var TextDecoder: {
  new (encoding?: string, options?: { fatal?: boolean }): { decode(bytes: Uint8Array): string };
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
declare function clearTimeout(timer: unknown): void;
declare function queueMicrotask(run: () => void): void;
declare function atob(text: string): string;
declare var WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  readonly Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): readonly { readonly module: string; readonly name: string }[];
  };
  readonly Instance: { new (module: object, imports?: object): { readonly exports: unknown } };
};
