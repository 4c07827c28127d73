import { invalidArgument, urlNotAllowed } from '@cairn/core/plugin';
import type { OptionCheck } from './options.ts';

/** @throws CairnError `invalid_argument` unless it is a list of absolute URLs without user, query and fragment */
export const checkUrlPrefixes: OptionCheck = (where, value) => {
  if (!Array.isArray(value)) throw invalidArgument(where, 'it is a list of URLs');
  for (const prefix of value) {
    const url = typeof prefix === 'string' ? parseUrl(prefix) : undefined;
    const isPrefix =
      url !== undefined && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
    if (!isPrefix || url.host === '') {
      throw invalidArgument(where, 'each is an absolute URL, without user, query and fragment');
    }
  }
};

/** A URL in its parts; undefined when it is none. */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/**
 * @param shown How the message names the URL.
 * @param redirected Whether a server has redirected to it.
 * @throws CairnError `url_not_allowed` unless every list that is given has a prefix of the URL
 */
export function checkAllowed(
  url: URL,
  shown: string,
  redirected: boolean,
  lists: readonly (readonly string[] | undefined)[],
): void {
  for (const list of lists) {
    if (list === undefined || list.some((prefix) => isBelow(url, parseUrl(prefix)))) continue;
    throw urlNotAllowed(shown, redirected ? url.origin : undefined);
  }
}

function isBelow(url: URL, prefix: URL | undefined): boolean {
  if (prefix === undefined || url.protocol !== prefix.protocol || url.host !== prefix.host) return false;
  // Servers may take %2e for a dot and %2f or a backslash for a slash, and then it is another path than it looks.
  if (/%2e|%2f|%5c|\\/iu.test(url.pathname)) return false;
  if (prefix.pathname.endsWith('/')) return url.pathname.startsWith(prefix.pathname);
  return url.pathname === prefix.pathname || url.pathname.startsWith(`${prefix.pathname}/`);
}
