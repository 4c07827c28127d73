import type { CheckpointChoice } from '../checkpoint/checkpoint-choice.ts';
import type { Column } from '../pipeline/table.ts';

/** How long it takes to store tables and to bring them back, by what was measured. */
export interface StoringSpeeds {
  /** Takes note of a table of so many bytes that took so long. */
  measured(what: 'write' | 'read', bytes: number, ms: number): void;
  /** What a table of so many bytes is expected to take. */
  expected(what: 'write' | 'read', bytes: number): number;
}

/** Bytes a millisecond, where nothing has been measured. */
const usual = { write: 200_000, read: 150_000 } as const;
/** What a table takes however small it is, in milliseconds: its statements, its files, its log entry. */
const least = 4;
/** Smaller tables say little of how fast large ones are. */
const telling = 1 << 20;
/** Earlier runs count as much as so many bytes. */
const remembered = 16 << 20;

/** @param before What steps came to in earlier runs. */
export function storingSpeeds(before: Iterable<CheckpointChoice>): StoringSpeeds {
  const seen = { write: { bytes: 0, ms: 0 }, read: { bytes: 0, ms: 0 } };
  const speeds: StoringSpeeds = {
    measured(what, bytes, ms) {
      if (bytes < telling) return;
      seen[what].bytes += bytes;
      seen[what].ms += ms;
    },
    expected(what, bytes) {
      const { bytes: all, ms } = seen[what];
      return least + bytes / (all === 0 ? usual[what] : all / Math.max(ms, 0.001));
    },
  };
  for (const { bytes, wroteMs, readMs } of before) {
    if (wroteMs !== undefined) speeds.measured('write', bytes, wroteMs);
    speeds.measured('read', bytes, readMs);
  }
  // What is measured now soon counts for more.
  for (const each of Object.values(seen)) {
    const part = Math.min(1, remembered / Math.max(each.bytes, 1));
    each.bytes *= part;
    each.ms *= part;
  }
  return speeds;
}

const widths: readonly (readonly [type: RegExp, bytes: number])[] = [
  [/^(BOOLEAN|TINYINT|UTINYINT)$/, 1],
  [/^(SMALLINT|USMALLINT)$/, 2],
  [/^(INTEGER|UINTEGER|FLOAT|DATE)$/, 4],
  [/^(BIGINT|UBIGINT|DOUBLE|TIME|TIMESTAMP)/, 8],
  [/^(HUGEINT|UHUGEINT|DECIMAL|INTERVAL)/, 16],
];
/** Of a text, or of what is nested. */
const otherWidth = 24;

/** How large a table is as Arrow IPC, by its columns. */
export function expectedBytes(rows: number, columns: readonly Pick<Column, 'type'>[]): number {
  const width = columns.reduce(
    (sum, { type }) => sum + (widths.find(([known]) => known.test(type))?.[1] ?? otherWidth),
    0,
  );
  return rows * width;
}
