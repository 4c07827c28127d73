/*
 * The first script of the engine's worker, a classic one: it stands between DuckDB and the network, then loads DuckDB's own
 * worker script, which takes over. DuckDB fetches an extension as soon as a query seems to need one, whatever it was
 * told, and waits for it with every other query. Beside that it gathers batches, so that whole parts are handed over.
 */

/** What the page sends first: where DuckDB's worker script is, and the one place that extensions may come from. */
interface Start {
  readonly script: string;
  readonly repository: string | undefined;
  /** Where batches are asked for. */
  readonly batches: MessagePort;
}

/** What the page asks for through the port: see `DuckDbLike.fetchBatches`. */
interface BatchesAsked {
  readonly id: number;
  readonly connection: number;
  readonly request: {
    readonly head: Uint8Array;
    readonly tail: Uint8Array;
    readonly enough: number;
    readonly withinMs: number;
  };
}

/** Batches in one piece, and why there are no more in it. */
interface GatheredBatches {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly until: 'enough' | 'end' | 'time';
}

/** What DuckDB's script answers to a request for the next batch. */
type BatchAnswer =
  | { readonly type: 'QUERY_RESULT_CHUNK'; readonly data: Uint8Array | null }
  | { readonly type: 'ERROR'; readonly data: { readonly name: string; readonly message: string } };

/**
 * Asks DuckDB's script for the next batch as the page would. Its database is out of reach, but this one request it answers
 * before it returns.
 */
function fetchBatch(connection: number): Uint8Array | null {
  const post = globalThis.postMessage;
  let answer: BatchAnswer | undefined;
  globalThis.postMessage = (message: unknown) => {
    answer = message as BatchAnswer;
  };
  try {
    const data = { messageId: -1, type: 'FETCH_QUERY_RESULTS', data: connection };
    globalThis.onmessage?.call(globalThis as never, new MessageEvent('message', { data }));
  } finally {
    globalThis.postMessage = post;
  }
  if (answer?.type === 'QUERY_RESULT_CHUNK') return answer.data;
  const { name, message } = answer?.data ?? { name: 'Error', message: 'DuckDB gave no batch' };
  throw Object.assign(new Error(message), { name });
}

/** Gathers batches of a started statement in one piece. */
function gatherBatches({ connection, request }: BatchesAsked): GatheredBatches {
  const { head, tail, enough, withinMs } = request;
  const begun = performance.now();
  const pieces = [head];
  let fetched = 0;
  let until: GatheredBatches['until'] = 'enough';
  while (fetched < enough) {
    const batch = fetchBatch(connection);
    if (batch?.length === 0) {
      until = 'end';
      break;
    }
    if (batch) {
      pieces.push(batch);
      fetched += batch.length;
    }
    if (fetched < enough && performance.now() - begun > withinMs) {
      until = 'time';
      break;
    }
  }
  if (until !== 'time') pieces.push(tail);
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { bytes, until };
}

addEventListener(
  'message',
  (event: MessageEvent<Start>) => {
    const { script, repository, batches } = event.data;
    // DuckDB's script hears from here on.
    event.stopImmediatePropagation();

    class GuardedRequest extends XMLHttpRequest {
      #isRefused = false;

      override open(
        method: string,
        url: string | URL,
        isAsync = true,
        user?: string | null,
        password?: string | null,
      ): void {
        const text = String(url);
        this.#isRefused =
          text.includes('.duckdb_extension.') && !(repository !== undefined && text.startsWith(repository));
        if (!this.#isRefused) super.open(method, url, isAsync, user, password);
      }

      override send(body?: XMLHttpRequestBodyInit | null): void {
        if (!this.#isRefused) super.send(body);
      }

      override setRequestHeader(name: string, value: string): void {
        if (!this.#isRefused) super.setRequestHeader(name, value);
      }

      // A request that was never opened can have no type, and none is asked of it.
      override set responseType(type: XMLHttpRequestResponseType) {
        if (!this.#isRefused) super.responseType = type;
      }

      override get responseType(): XMLHttpRequestResponseType {
        return super.responseType;
      }

      override get status(): number {
        return this.#isRefused ? 404 : super.status;
      }
    }
    globalThis.XMLHttpRequest = GuardedRequest;

    importScripts(script);
    batches.addEventListener('message', ({ data: asked }: MessageEvent<BatchesAsked>) => {
      try {
        const fetched = gatherBatches(asked);
        batches.postMessage({ id: asked.id, fetched }, [fetched.bytes.buffer]);
      } catch (error) {
        const { name, message } = error as Error;
        batches.postMessage({ id: asked.id, failure: { name, message } });
      }
    });
    batches.start();
    postMessage('ready');
  },
  { once: true },
);
