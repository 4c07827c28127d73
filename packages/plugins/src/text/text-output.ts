import { invalidArgument, invalidData, type Param, type Secret } from '@cairn/core/plugin';
import { isBoolean, isText, type OptionCheck } from '../input/options.ts';
import { windows1252 } from './encoding.ts';
import { gzip } from './gzip.ts';
import { isOneOf } from './text-options.ts';

/** How a text becomes a file's bytes. */
export interface TextOutputOptions {
  /**
   * The text's encoding: `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`, also as `latin1`. A character that it does not have fails
   * with `invalid_data`.
   *
   * @default 'utf-8'
   */
  readonly encoding?: string | Param | Secret;
  /** Whether the file begins with a byte order mark, by which spreadsheets know UTF-8. @default true for UTF-16, else false */
  readonly byteOrderMark?: boolean | Param;
  /** Compresses the file. Its bytes depend on the platform; what they hold does not. @default 'none' */
  readonly compression?: 'gzip' | 'none';
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

const labels: Readonly<Record<string, Encoding>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'utf-16le': 'utf-16le',
  'utf-16': 'utf-16le',
  'utf-16be': 'utf-16be',
  'windows-1252': 'windows-1252',
  latin1: 'windows-1252',
  'iso-8859-1': 'windows-1252',
};

const isWritable: OptionCheck = (where, value) => {
  isText(where, value);
  if (Object.hasOwn(labels, (value as string).toLowerCase())) return;
  const known = Object.keys(labels);
  throw invalidArgument(where, `it is one of ${known.join(', ')}`, value as string, known);
};

/** Checks of {@link TextOutputOptions}. */
export const textOutputChecks: Readonly<Record<string, OptionCheck>> = {
  encoding: isWritable,
  byteOrderMark: isBoolean,
  compression: isOneOf(['gzip', 'none']),
};

/** The options once they are filled in. */
export interface TextOutput {
  readonly encoding?: string;
  readonly byteOrderMark?: boolean;
  readonly compression?: 'gzip' | 'none';
}

/** The content type of a file of a type of text. */
export function contentTypeOf(type: string, { compression }: { readonly compression?: unknown }): string {
  return compression === 'gzip' ? 'application/gzip' : type;
}

/** A file's bytes of the chunks of a UTF-8 text. @throws CairnError `invalid_data` for a character that the encoding does not have */
export function writeText(
  chunks: AsyncIterable<Uint8Array>,
  { encoding = 'utf-8', byteOrderMark, compression }: TextOutput,
): AsyncIterable<Uint8Array> {
  const to = labels[encoding.toLowerCase()] as Encoding;
  const encoded = encode(chunks, to, byteOrderMark ?? to.startsWith('utf-16'));
  return compression === 'gzip' ? gzip(encoded) : encoded;
}

async function* encode(
  chunks: AsyncIterable<Uint8Array>,
  to: Encoding,
  marked: boolean,
): AsyncGenerator<Uint8Array> {
  if (to === 'utf-8') {
    if (marked) yield Uint8Array.of(0xef, 0xbb, 0xbf);
    yield* chunks;
    return;
  }
  const write = to === 'windows-1252' ? toWindows1252 : (text: string) => toUtf16(text, to === 'utf-16le');
  if (marked) yield write('\ufeff');
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield write(text);
  }
}

function toUtf16(text: string, little: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at += 1) view.setUint16(at * 2, text.charCodeAt(at), little);
  return bytes;
}

function toWindows1252(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const special = unit < 0x80 || (unit >= 0xa0 && unit < 0x100) ? -1 : windows1252.indexOf(text.charAt(at));
    if (special < 0 && unit >= 0x100) {
      const mark = String.fromCodePoint(text.codePointAt(at) as number);
      throw invalidData(`windows-1252 has no character '${mark}', which the table holds: write it as utf-8`, {
        character: mark,
      });
    }
    bytes[at] = special < 0 ? unit : special + 0x80;
  }
  return bytes;
}
