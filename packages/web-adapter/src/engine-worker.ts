/*
 * The first script of the engine's worker, a classic one: it stands between DuckDB and the network, then loads DuckDB's own
 * worker script, which takes over. DuckDB fetches an extension as soon as a query seems to need one, whatever it was
 * told, and waits for it with every other query.
 */

/** What the page sends first: where DuckDB's worker script is, and the one place that extensions may come from. */
interface Start {
  readonly script: string;
  readonly repository: string | undefined;
}

addEventListener(
  'message',
  (event: MessageEvent<Start>) => {
    const { script, repository } = event.data;
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
    postMessage('ready');
  },
  { once: true },
);
