import type { FetchResponse } from './fetch.ts';

/** What a server calls a version of a file: its ETag, or else when it was last modified. */
export interface ServedVersion {
  readonly header: 'etag' | 'last-modified';
  readonly value: string;
}

// Last-Modified tells whole seconds.
const tickMs = 1000;

/**
 * Says whether the second in which a file was last modified was over when the server answered: until then it may be written
 * again and keep its Last-Modified. A server that does not say what time it is, is believed.
 */
function isOver(modified: string, answered: string | null): boolean {
  return answered === null || !(Date.parse(answered) - Date.parse(modified) <= tickMs);
}

/** What the server calls what it answered with; undefined when it says nothing. */
export function versionOf({ headers }: FetchResponse): ServedVersion | undefined {
  for (const header of ['etag', 'last-modified'] as const) {
    const value = headers.get(header);
    if (value === null || value === '') continue;
    if (header === 'etag' || isOver(value, headers.get('date'))) return { header, value };
  }
  return undefined;
}

/** An ETag that stands for the same bytes and not only for the same meaning (RFC 9110, 8.8.3). */
export function strongTag({ headers }: FetchResponse): string | undefined {
  const tag = headers.get('etag');
  return tag !== null && /^"[^"]*"$/u.test(tag) ? tag : undefined;
}
