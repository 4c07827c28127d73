/**
 * What a prefix of URLs looks like: absolute, without user, query and fragment. Whether it is one, those find out who ask URLs, for core
 * knows none.
 */
export const urlPrefix: RegExp = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?$/i;
