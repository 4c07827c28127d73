import { invalidArgument, type Param, type Secret } from '@cairn/core/plugin';
import { kindOf, type OptionCheck } from '../input/options.ts';
import { isEncoding } from './encoding.ts';

/** How a file's bytes stand for a text. */
export interface TextFileOptions {
  /**
   * The text's encoding: any label of the Encoding Standard (https://encoding.spec.whatwg.org), such as `utf-8`, `utf-16le`,
   * `windows-1252` or `shift_jis`. Bytes that are none of it fail with `invalid_data`, which says the line.
   *
   * @default UTF-16 where a byte order mark says so, else UTF-8
   */
  readonly encoding?: string | Param | Secret;
  /** Whether the file is compressed. @default gzip where it begins as a gzip file does */
  readonly compression?: 'gzip' | 'none';
  /** The most bytes that a compressed file may become; one of more fails. @default 4 GiB */
  readonly maxTextBytes?: number | Param;
}

/** Checks that a value is one of a few words. */
export function isOneOf(words: readonly string[]): OptionCheck {
  return (where, value) => {
    if (typeof value === 'string' && words.includes(value)) return;
    throw invalidArgument(
      where,
      `it is one of ${words.join(', ')}, and was given ${kindOf(value)}`,
      typeof value === 'string' ? value : undefined,
      words,
    );
  };
}

/** A number of bytes or of anything else that is counted from 1. */
export const isAmount: OptionCheck = (where, value) => {
  if (Number.isSafeInteger(value) && (value as number) > 0) return;
  throw invalidArgument(where, `it is a whole number of at least 1, and was given ${kindOf(value)}`);
};

/** Checks of the options that say how a file's bytes stand for a text. */
export const textChecks: Readonly<Record<string, OptionCheck>> = {
  encoding: isEncoding,
  compression: isOneOf(['gzip', 'none']),
  maxTextBytes: isAmount,
};

/** What holds for a text unless it is said otherwise. */
export const textDefaults: { readonly maxTextBytes: number } = { maxTextBytes: 4 * 1024 ** 3 };
