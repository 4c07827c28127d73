import { invalidArgument } from '@cairn/core/plugin';
import { isText, type OptionCheck } from '../input/options.ts';

/** The name under which the platform decodes an encoding; undefined when there is none. */
function nameOf(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/** A label of the Encoding Standard (https://encoding.spec.whatwg.org/#names-and-labels). */
export const isEncoding: OptionCheck = (where, value) => {
  isText(where, value);
  if (nameOf(value as string) === undefined) {
    throw invalidArgument(
      where,
      `'${String(value)}' is no encoding that this platform knows: such are utf-8, utf-16le, windows-1252, shift_jis`,
    );
  }
};

/** What windows-1252 has where Latin-1 has controls; some versions of Node decode it as Latin-1. */
export const windows1252: string =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

/** Decodes bytes that come in pieces. What does not decode throws. */
export interface Decoder {
  decode(bytes: Uint8Array, more: boolean): string;
}

/** @param label One that {@link isEncoding} allows. */
export function createDecoder(label: string): Decoder {
  const decoder = new TextDecoder(label, { fatal: true });
  if (decoder.encoding !== 'windows-1252') {
    return { decode: (bytes, more) => decoder.decode(bytes, { stream: more }) };
  }
  return {
    decode: (bytes, more) =>
      decoder
        .decode(bytes, { stream: more })
        // oxlint-disable-next-line no-control-regex
        .replace(/[\x80-\x9f]/gu, (control) => windows1252[control.charCodeAt(0) - 0x80] as string),
  };
}

/** The encoding of a text that begins with these bytes, as its byte order mark says; UTF-8 without one. */
export function markedEncoding(first: Uint8Array): string {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** True for UTF-8 under any of its names, whose bytes are taken as they are. */
export function isUtf8(label: string): boolean {
  return nameOf(label) === 'utf-8';
}
