import { beginsAsLog, encodeFence, encodeRecord, readLog } from '@cairn/core/store';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

const bytes = fc.uint8Array({ maxLength: 60 });
const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

test('what follows a fence is not there, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(bytes), fc.array(bytes), bytes, (before, after, rest) => {
      const log = joined(...before.map((record) => encodeRecord(record)));
      const fenced = joined(log, encodeFence(), ...after.map((record) => encodeRecord(record)), rest);
      expect(readLog('log', fenced)).toEqual({ records: before, end: log.length, fence: log.length });
    }),
  );
});

test('a fence stands after a record that is torn at any byte, and after another fence', () => {
  const [first, torn] = [encodeRecord(new Uint8Array([1])), encodeRecord(new Uint8Array([2, 3, 4]))];
  for (let cut = 0; cut < torn.length; cut += 1) {
    const log = joined(first, torn.subarray(0, cut));
    const twice = joined(log, encodeFence(cut), encodeFence(), encodeRecord(new Uint8Array([5]), cut));
    const expected = { records: [new Uint8Array([1])], end: first.length, fence: log.length };
    expect(readLog('log', twice)).toEqual(expected);
    // Read on from where a record ends.
    expect(readLog('log', twice.subarray(first.length), first.length)).toEqual({ ...expected, records: [] });
  }
});

test('a record that holds a fence ends nothing', () => {
  const records = [joined(encodeFence(), encodeFence(7)), new Uint8Array([1])];
  const log = joined(...records.map((record) => encodeRecord(record)));
  expect(readLog('log', log)).toEqual({ records, end: log.length, fence: undefined });
});

test('what begins as a log is told from what does not', () => {
  const record = encodeRecord(new Uint8Array([1]));
  for (const start of [record, record.subarray(0, 2), new Uint8Array(4), new Uint8Array()])
    expect(beginsAsLog(start)).toBe(true);
  for (const start of [encodeFence(), new TextEncoder().encode('{"a":1}'), new Uint8Array([0, 0, 0, 1])])
    expect(beginsAsLog(start)).toBe(false);
});
