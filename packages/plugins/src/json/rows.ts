import { JsonFault } from './json-fault.ts';
import type { Tape } from './tape.ts';

/** The most bytes of a row, and of a value outside of the rows. */
export const mostRowBytes: number = 64 * 1024 * 1024;

/** Reads rows, one after the other, out of a window on a text. */
export interface RowReader {
  /** Where it goes on in the bytes that it looks at. */
  readonly at: number;
  /** Where the row read last begins and ends, and in which line it begins. */
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly rowLine: number;
  /** The row read last, which is an object. */
  readonly tape: Tape;
  /** The line that reading has come to. */
  readonly line: number;
  /** Goes on at the beginning of other bytes: what was not read yet, and more. */
  look(bytes: Uint8Array, last: boolean): void;
  /**
   * Reads a row. False when there is none, or not all of it.
   *
   * @throws JsonFault; when it says that the row is all that is wrong, reading goes on behind it
   */
  next(): boolean;
}

/** How rows stand in a text. */
export interface JsonForm {
  readonly format: 'array' | 'lines';
  /** The keys and positions that lead to the array. */
  readonly pointer: readonly string[];
}

/** @throws JsonFault when what began at a place and did not end yet is longer than a row may be */
export function refuseLong(bytes: number, line: number): void {
  if (bytes <= mostRowBytes) return;
  throw new JsonFault(
    line,
    `a row, or what stands beside the rows, is longer than ${mostRowBytes / 1024 / 1024} MiB`,
  );
}
