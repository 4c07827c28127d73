/** What is used of a response to a request. */
export interface FetchResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly headers: { get(name: string): string | null };
  /** Read piece by piece where there is one; else `arrayBuffer` is called. */
  readonly body?: {
    getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }> };
  } | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What is used of the platform's `fetch`. */
export type Fetch = (url: string, init: { method: string; signal: AbortSignal }) => Promise<FetchResponse>;
