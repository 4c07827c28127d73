import { invalidArgument, type Param, type Secret } from '@cairn/core/plugin';
import { type HandleLike, isHandle } from '../input/file-handle.ts';
import { isPlaceholder, kindOf } from '../input/options.ts';
import { checkPlace } from '../input/place.ts';
import { callbackTarget, checkDownload, downloadTarget, type OnBlob } from './blob-target.ts';
import { fileTarget } from './file-target.ts';
import { handleTarget } from './handle-target.ts';
import type { Target } from './target.ts';

/** Where a sink's bytes go: exactly one of the four. */
export interface TargetOptions {
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
}

const kinds = ['path', 'onBlob', 'download', 'handle'] as const;

/** The names of {@link TargetOptions}. */
export const targetOptionNames: readonly string[] = kinds;

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
      `it takes exactly one of path, onBlob, download and handle, and was given ${what}`,
    );
  }
  const { path, onBlob, download, handle } = options;
  switch (kind) {
    case 'path':
      if (!isPlaceholder(path)) checkPlace(connector, 'path', path);
      return fileTarget(connector, path);
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
