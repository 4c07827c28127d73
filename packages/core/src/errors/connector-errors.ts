import { CairnError } from './cairn-error.ts';

const because = (cause: unknown): string => (cause instanceof Error ? `: ${cause.message}` : '');

/** Nothing is at the path. */
export function fileNotFound(path: string, cause?: unknown): CairnError {
  return new CairnError('file_not_found', `There is no file '${path}'`, { cause, details: { path } });
}

/**
 * Something is at the path, but it cannot be read or written: a folder, refused access, a full or broken disk.
 *
 * @param action What was tried. @default 'read'
 */
export function fileNotReadable(
  path: string,
  cause?: unknown,
  action: 'read' | 'write' | 'rename' | 'remove' = 'read',
): CairnError {
  return new CairnError('file_not_readable', `Cannot ${action} the file '${path}'${because(cause)}`, {
    cause,
    details: { path, action },
  });
}

/** More bytes came than a connector takes. */
export function inputTooLarge(name: string, maxBytes: number): CairnError {
  return new CairnError(
    'input_too_large',
    `The file '${name}' has more than ${maxBytes} bytes, the most that the option 'maxBytes' allows`,
    { details: { input: name, maxBytes } },
  );
}

/**
 * Data is not what its format or its reader demands. `message` is the whole sentence and names the place: the file, and
 * the line or column where that is known.
 */
export function invalidData(
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): CairnError {
  return new CairnError('invalid_data', message, { cause, details });
}

/**
 * The host has no local files (a browser), so a path cannot be read or written there.
 *
 * @param instead What to give in its place. @default 'url, file or bytes'
 */
export function pathNotSupported(path: string, instead = 'url, file or bytes'): CairnError {
  return new CairnError(
    'path_not_supported',
    `'${path}' is a local path, and this host has no local files: give ${instead} instead of a path`,
    { details: { path } },
  );
}

/**
 * A list of allowed URLs is given, and does not have this one.
 *
 * @param name How it is named in messages.
 * @param origin Where a server redirected to, if it did.
 */
export function urlNotAllowed(name: string, origin?: string): CairnError {
  const what = origin === undefined ? '' : `, which redirects to ${origin},`;
  return new CairnError('url_not_allowed', `The URL '${name}'${what} is not among the allowed ones`, {
    details: { url: name, ...(origin === undefined ? {} : { origin }) },
  });
}

/**
 * A browser wants its user's consent before a page uses a file that it has a handle of.
 *
 * @param state `prompt` when the user can be asked, `denied` when the user said no.
 */
export function permissionNeeded(
  name: string,
  mode: 'read' | 'readwrite',
  state: 'prompt' | 'denied',
  cause?: unknown,
): CairnError {
  const doing = mode === 'read' ? 'read' : 'write';
  const why =
    state === 'denied'
      ? 'its user has refused it'
      : 'its user has to be asked, which a browser does in answer to a click or a key only';
  return new CairnError('permission_needed', `The page may not ${doing} the file '${name}': ${why}`, {
    cause,
    details: { name, mode, state },
  });
}

/** A path leads out of the folders that paths are confined to, by itself or by a symbolic link. */
export function pathOutsideRoot(path: string, roots: readonly string[]): CairnError {
  return new CairnError(
    'path_outside_root',
    `The path '${path}' leads out of the folders that paths may lead to`,
    { details: { path, roots } },
  );
}
