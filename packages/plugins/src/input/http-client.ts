import {
  type ConnectorContext,
  fileNotFound,
  fileNotReadable,
  invalidArgument,
  isCairnError,
} from '@cairn/core/plugin';
import { checkAllowed, parseUrl } from './allow-urls.ts';
import type { FetchInit, FetchResponse } from './fetch.ts';
import { checkHeader, type HttpSettings } from './http-options.ts';
import { createWatch, type Watch } from './http-watch.ts';
import { createRetries, isTransient, type Retries, retryAfter, Transient } from './http-retries.ts';

/** An answer whose headers are there. */
export interface Answer {
  readonly response: FetchResponse;
  /** Ends it when nothing comes any more; to be closed when the answer is done with. */
  readonly watch: Watch;
}

/** What is asked besides the URL. */
export interface Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: FetchInit['body'];
  /** Answers that are no error although they are no success. */
  readonly expected?: readonly number[];
}

/** Asks one URL. */
export interface HttpClient {
  readonly url: string;
  /** How messages name it. */
  readonly shown: string;
  readonly settings: HttpSettings;
  /**
   * @throws CairnError `file_not_found` (404, 410), `file_not_readable` with the status or what the network said, `url_not_allowed`
   */
  send(request: Request, retries?: Retries): Promise<Answer>;
  /** What decides how often one piece of work is tried. */
  retries(): Retries;
}

/** As many redirects as browsers follow. */
const mostRedirects = 20;

/**
 * @param where The option that holds the URL, for messages.
 * @throws CairnError `invalid_argument` when it is no URL or a header cannot be sent
 */
export function createHttpClient(
  where: string,
  url: string,
  shown: string,
  settings: HttpSettings,
  context: ConnectorContext,
): HttpClient {
  // In a page, URLs may be relative to it.
  const base = (globalThis as { readonly location?: { readonly href: string } }).location?.href;
  const parsed = parseUrl(url, base);
  // The platform's own message would show the URL, and with it what must not be shown.
  if (parsed === undefined) throw invalidArgument(where, 'it is no absolute URL');
  const headers = headersOf(where, settings, context);
  if (parsed.username !== '' || parsed.password !== '') {
    const credentials = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
    const binary = String.fromCharCode(...new TextEncoder().encode(credentials));
    headers['authorization'] ??= `Basic ${btoa(binary)}`;
    parsed.username = '';
    parsed.password = '';
  }
  const first = parsed;
  const lists = [settings.allow, context.allowUrls];

  /** One try, redirects included. */
  async function ask({ method, headers: own = {}, body, expected = [] }: Request): Promise<Answer> {
    let to = first;
    let redirect: FetchInit['redirect'] = 'manual';
    for (let redirects = 0; ; redirects += 1) {
      checkAllowed(to, shown, redirects > 0, lists);
      const watch = createWatch(settings.timeoutMs, context.signal);
      try {
        const response = await watch.race(
          settings.fetch(to.href, {
            method,
            signal: watch.signal,
            headers: to.origin === first.origin ? { ...headers, ...own } : own,
            redirect,
            ...(body === undefined ? {} : { body }),
          }),
        );
        // A browser does not show where it is sent to, so it is let go there, and the answer refused.
        if (response.type === 'opaqueredirect' && redirect === 'manual') {
          redirect = 'follow';
          watch.close();
          continue;
        }
        const next = redirectOf(response, to);
        if (next !== undefined && (method === 'GET' || method === 'HEAD' || keepsMethod(response))) {
          await endBody(response);
          watch.close();
          if (redirects === mostRedirects)
            throw fileNotReadable(shown, new Error('it redirects without end'));
          to = next;
          continue;
        }
        const arrived =
          response.url === undefined || response.url === '' ? undefined : parseUrl(response.url);
        if (arrived !== undefined && arrived.href !== to.href) {
          checkAllowed(arrived, shown, true, lists);
        }
        if (response.ok || expected.includes(response.status)) return { response, watch };
        await endBody(response);
        throw refusal(response, shown, actionOf(method));
      } catch (error) {
        watch.close();
        context.signal.throwIfAborted();
        throw error instanceof Transient || isCairnError(error)
          ? error
          : new Transient(fileNotReadable(shown, watch.reasonOf(error), actionOf(method)));
      }
    }
  }

  return {
    url: first.href,
    shown,
    settings,
    retries: () => createRetries(shown, settings.retries, context.signal),
    async send(request, retries = createRetries(shown, settings.retries, context.signal)) {
      for (;;) {
        try {
          return await ask(request);
        } catch (error) {
          await retries.again(error);
        }
      }
    },
  };
}

function headersOf(where: string, settings: HttpSettings, context: ConnectorContext): Record<string, string> {
  const filled = (context.location['headers'] ?? {}) as Readonly<Record<string, unknown>>;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...settings.headers, ...filled })) {
    checkHeader(where.replace(/\.url$/u, '.headers'), name, value);
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function redirectOf({ status, headers }: FetchResponse, from: URL): URL | undefined {
  const location = [301, 302, 303, 307, 308].includes(status) ? headers.get('location') : null;
  return location === null ? undefined : parseUrl(location, from.href);
}

/** 301 to 303 turn what is sent into a question, so that nothing would be written. */
const keepsMethod = ({ status }: FetchResponse): boolean => status === 307 || status === 308;

const actionOf = (method: Request['method']): 'read' | 'write' =>
  method === 'PUT' || method === 'POST' ? 'write' : 'read';

function refusal(response: FetchResponse, shown: string, action: 'read' | 'write'): Error {
  const answer = new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
  if (response.status === 404 || response.status === 410) return fileNotFound(shown, answer);
  const error = fileNotReadable(shown, answer, action);
  return isTransient(response.status)
    ? new Transient(error, retryAfter(response.headers.get('retry-after')))
    : error;
}

/** Lets go of a body that nobody reads. */
export async function endBody({ body }: FetchResponse): Promise<void> {
  await body
    ?.getReader()
    .cancel?.()
    .catch(() => undefined);
}

/**
 * The body piece by piece, as it comes.
 *
 * @throws Transient when it breaks off
 */
export async function* bodyOf({ response, watch }: Answer, shown: string): AsyncGenerator<Uint8Array> {
  try {
    if (response.body === undefined || response.body === null) {
      yield new Uint8Array(await watch.race(response.arrayBuffer()));
      return;
    }
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await watch.race(reader.read());
      if (done) return;
      if (value !== undefined && value.length > 0) yield value;
    }
  } catch (error) {
    throw new Transient(fileNotReadable(shown, watch.reasonOf(error)));
  } finally {
    watch.close();
  }
}
