import { invalidArgument, isSecret, type Param, type Secret } from '@cairn/core/plugin';
import { type HandleLike, isHandle } from '../input/file-handle.ts';
import { defineHttp, type HttpOptions, httpOptionNames, laterHeaders } from '../input/http-options.ts';
import { isBoolean, isPlaceholder, kindOf } from '../input/options.ts';
import { checkPlace } from '../input/place.ts';
import { callbackTarget, checkDownload, downloadTarget, type OnBlob } from './blob-target.ts';
import { fileTarget } from './file-target.ts';
import { handleTarget } from './handle-target.ts';
import type { Target } from './target.ts';
import { urlTarget } from './url-target.ts';

/** Where a sink's bytes go: exactly one of path, url, onBlob, download and handle; and how a URL is asked. */
export interface TargetOptions extends Omit<HttpOptions, 'ranges'> {
  /** The local file to write; its folder is made when it is missing. */
  readonly path?: string | Param | Secret;
  /**
   * Is given the file as a `Blob`, when it is whole. A `Blob` lives as long as its page, so the step is done in every run, also when
   * nothing changed.
   */
  readonly onBlob?: OnBlob;
  /**
   * The name of a file that the browser downloads. Where it went is not known, so it is downloaded once: a run that finds
   * nothing changed does not do it again, unless `force` names the step. With the step's option `checkpoint:
   * 'correlation'` each task downloads its own.
   */
  readonly download?: string | Param | Secret;
  /**
   * A `FileSystemFileHandle` that may be written to, or one that `@cairn/web` keeps. The browser writes beside the file and swaps them
   * when all is written. Fails with `permission_needed` when the user has to be asked again.
   */
  readonly handle?: HandleLike;
  /**
   * Where to send the file to, in one request when it is whole. It waits in memory, of which `maxBytes` is the most. Each request has an
   * `Idempotency-Key` that is the same whenever this task sends the same bytes.
   */
  readonly url?: string | Param | Secret;
  /** With `url`: PUT replaces what is there, and is done again when its ETag is another one; POST is done once. @default 'PUT' */
  readonly method?: 'PUT' | 'POST';
  /** With `url`: whether a server is to refuse it when its file has changed since it was prepared (`If-Match`). @default false */
  readonly onlyIfUnchanged?: boolean;
}

const kinds = ['path', 'url', 'onBlob', 'download', 'handle'] as const;
const urlOptions = [
  ...httpOptionNames.filter((name) => name !== 'ranges'),
  'method',
  'onlyIfUnchanged',
] as readonly (keyof TargetOptions)[];

/** The names of {@link TargetOptions}. */
export const targetOptionNames: readonly string[] = [...kinds, ...urlOptions];

/**
 * Checks where a sink's bytes go, as it is written down.
 *
 * @param connector The sink's factory, for messages: `toCsv`.
 * @param contentType Of a `Blob`: `text/csv`.
 * @throws CairnError `invalid_argument` naming the option
 */
export function defineTarget(connector: string, options: TargetOptions, contentType: string): Target {
  const given = kinds.filter((kind) => options[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    const what = kind === undefined ? 'none of them' : given.join(' and ');
    throw invalidArgument(
      connector,
      `it takes exactly one of path, url, onBlob, download and handle, and was given ${what}`,
    );
  }
  const misplaced = urlOptions.find((name) => options[name] !== undefined);
  if (misplaced !== undefined && kind !== 'url') {
    throw invalidArgument(`${connector}.${misplaced}`, `it goes with url, and not with ${kind}`);
  }
  const { path, url, onBlob, download, handle, method = 'PUT', onlyIfUnchanged = false } = options;
  switch (kind) {
    case 'path':
      if (!isPlaceholder(path)) checkPlace(connector, 'path', path);
      return fileTarget(connector, path);
    case 'url': {
      if (!isPlaceholder(url)) checkPlace(connector, 'url', url);
      if (method !== 'PUT' && method !== 'POST') {
        throw invalidArgument(`${connector}.method`, 'it is PUT or POST', method, ['PUT', 'POST']);
      }
      isBoolean(`${connector}.onlyIfUnchanged`, onlyIfUnchanged);
      const http = defineHttp(connector, options);
      const headers = laterHeaders(options);
      const location = {
        url,
        ...(method === 'PUT' ? {} : { method }),
        ...(headers === undefined ? {} : { headers }),
      };
      return urlTarget(connector, contentType, {
        method,
        onlyIfUnchanged,
        http,
        hidden: isSecret(url),
        location,
      });
    }
    case 'onBlob':
      if (typeof onBlob !== 'function') {
        throw invalidArgument(`${connector}.onBlob`, `it is a function, and was given ${kindOf(onBlob)}`);
      }
      return callbackTarget(onBlob, contentType);
    case 'download':
      if (!isPlaceholder(download)) checkDownload(connector, download);
      return downloadTarget(connector, download, contentType);
    case 'handle':
      if (!isHandle(handle)) {
        throw invalidArgument(
          `${connector}.handle`,
          `it is a FileSystemFileHandle, and was given ${kindOf(handle)}`,
        );
      }
      return handleTarget(connector, handle);
  }
}
