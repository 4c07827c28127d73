/** What is used of a response to a request. */
export interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly headers: { get(name: string): string | null };
  /** Where the answer came from, after redirects; left out by a `fetch` that follows none. */
  readonly url?: string;
  /** `opaqueredirect` for a redirect that a browser does not show. */
  readonly type?: string;
  /** Read piece by piece where there is one; else `arrayBuffer` is called. */
  readonly body?: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
      cancel?(reason?: unknown): Promise<void>;
    };
  } | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A body: what the platform's types call a `Blob`, or what stands for one where there are none. */
type Body = typeof globalThis extends { Blob: { prototype: infer Platform } } ? Platform : object;

/** What a request is made with. */
export interface FetchInit {
  readonly method: string;
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
  readonly redirect: 'manual' | 'follow';
  readonly body?: Body;
}

/** What is used of the platform's `fetch`. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;
