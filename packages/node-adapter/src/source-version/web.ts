import { CairnError } from '@cairn/core';

/** What stands in a browser where the Vite plugin has not replaced the call: there is no source to read. */
export function sourceVersion(url: string): never {
  throw new CairnError(
    'invalid_argument',
    `sourceVersion: in a browser the plugin of '@cairn/node/vite' must have put the version there, in ${url}`,
    { details: { url } },
  );
}
