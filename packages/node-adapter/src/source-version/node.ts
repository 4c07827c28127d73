import { readFileSync } from 'node:fs';
import { CairnError } from '@cairn/core';
import { hashSources } from './hash-sources.ts';

/**
 * A `version` for transforms and effects that changes whenever their source does: a hash of the module's text as it stands
 * in its file, and of other files that it names. Comments and white space count; what those files import does not.
 *
 * In Node the files are read. In what Vite builds or serves, its plugin (`@cairn/node/vite`) has put the same version
 * there: bundlers and minifiers rewrite the text, but not that. Other bundlers need the plugin too, or a version by hand.
 *
 * @param url `import.meta.url`, written just so: the plugin looks for it.
 * @param also Other files, relative to the module, as a list of string literals. @default none
 * @throws CairnError `file_not_readable` when a file cannot be read
 * @example
 * step('scored', { delayed }, score, { version: sourceVersion(import.meta.url, ['./score.ts']) });
 */
export function sourceVersion(url: string, also: readonly string[] = []): string {
  return hashSources([url, ...also.map((path) => new URL(path, url).href)].map(read));
}

function read(url: string): string {
  try {
    // Whoever loads a module anew gives it a query.
    return readFileSync(new URL(url.replace(/[?#].*$/s, '')), 'utf8');
  } catch (error) {
    throw new CairnError('file_not_readable', `sourceVersion: '${url}' cannot be read`, {
      details: { url },
      cause: error,
    });
  }
}
