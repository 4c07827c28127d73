import {
  cacheKey,
  checkId,
  checkKey,
  checkPrefix,
  correlationPrefix,
  encodeRecord,
  identityKey,
  objectKey,
  readLog,
  recordKey,
  runJournalKey,
  runPrefix,
  taskJournalKey,
  taskPrefix,
} from '@cairn/core/store';
import * as fc from 'fast-check';
import { crc32 } from '../../packages/core/dist/store/crc32.js';
import { expect, test } from 'vitest';

const hash = '0123456789abcdef'.repeat(4);

test('keys are where the table of formats says', () => {
  expect(objectKey(hash)).toBe(`objects/${hash}`);
  expect(cacheKey(hash)).toBe(`cache/${hash}.json`);
  expect(identityKey(hash)).toBe(`identities/${hash}.json`);
  expect(correlationPrefix('c')).toBe('correlations/c/');
  expect(taskPrefix('c', 'flights')).toBe('correlations/c/flights/');
  expect(taskJournalKey('c', 'flights')).toBe('correlations/c/flights/journal');
  expect(runPrefix('r')).toBe('runs/r/');
  expect(runJournalKey('r')).toBe('runs/r/journal');
  expect(recordKey('step_runs', 'r')).toBe('records/step_runs/r.json');
});

test('an id that would lead elsewhere is refused, naming it and its role', () => {
  const wrong = [
    '',
    '.',
    '..',
    'a/b',
    '/',
    'a\\b',
    'a\0',
    'a\nb',
    '.a',
    '-a',
    'ä',
    'a b',
    '*',
    'x'.repeat(129),
  ];
  for (const id of [...wrong, undefined, null, 7, {}]) {
    const given = id as string;
    const refused = expect.objectContaining({ code: 'invalid_id' }) as Error;
    expect(() => checkId(given, 'correlationId'), JSON.stringify(id)).toThrow(refused);
    for (const build of [
      correlationPrefix,
      runPrefix,
      runJournalKey,
      (name: string) => taskPrefix('c', name),
    ]) {
      expect(() => build(given), JSON.stringify(id)).toThrow(refused);
    }
  }
  expect(() => checkId('..', 'runId')).toThrow(/^runId "\.\." is not valid: /);
  expect(checkId('x'.repeat(128), 'runId')).toHaveLength(128);
  for (const id of ['a', '7', '_', 'a.b-c_d', '0190b8a5-7b1e-7c3e-8f00-0123456789ab'])
    expect(checkId(id, 'id')).toBe(id);
});

test('what is no hash is no key of an object', () => {
  for (const wrong of ['', 'abc', hash.toUpperCase(), `${hash}0`, `../${hash.slice(3)}`]) {
    for (const build of [objectKey, cacheKey, identityKey]) expect(() => build(wrong)).toThrow('SHA-256');
  }
});

test('a prefix is nothing, a key, the beginning of one, or a folder', () => {
  for (const prefix of ['', 'a', 'a/', 'a/b', 'a/b/', 'objects/0', 'a.'])
    expect(checkPrefix(prefix)).toBe(prefix);
  for (const prefix of ['/', 'a//', '//', '..', '../', 'a/../'])
    expect(() => checkPrefix(prefix)).toThrow('not valid');
  expect(() => checkKey('a/')).toThrow('empty segment');
});

test('crc32 is the one of zlib', () => {
  const bytes = new TextEncoder().encode('123456789');
  expect(crc32(bytes)).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});

test('any records come back from a log, and from any beginning of it the ones that are whole', () => {
  const records = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(records, fc.nat(), (given, seed) => {
      const frames = given.map((record) => encodeRecord(record));
      const log = new Uint8Array(Buffer.concat(frames));
      expect(readLog('log', log)).toEqual({ records: given, end: log.length });
      const cut = seed % log.length;
      let [whole, end] = [0, 0];
      for (const frame of frames) {
        if (end + frame.length > cut) break;
        end += frame.length;
        whole += 1;
      }
      const torn = log.subarray(0, cut);
      expect(readLog('log', torn)).toEqual({ records: given.slice(0, whole), end });
      const mended = new Uint8Array(Buffer.concat([torn, encodeRecord(new Uint8Array([1]), cut - end)]));
      expect(readLog('log', mended).records).toEqual([...given.slice(0, whole), new Uint8Array([1])]);
      // Read on from a place where a record ends.
      expect(readLog('log', mended.subarray(end), end)).toEqual({
        records: [new Uint8Array([1])],
        end: mended.length,
      });
    }),
    {
      numRuns: 500,
      // The torn record lacks one byte, and the next frame begins with it.
      examples: [[[new Uint8Array([7]), new Uint8Array([0, 0xc4])], 21 + 21]],
    },
  );
});

test('a torn record that later bytes complete by chance takes nothing with it', () => {
  const [first, last] = [new Uint8Array([7]), new Uint8Array([9])];
  const lacking = encodeRecord(new Uint8Array([0, 0xc4, 0x1a])).subarray(0, 21);
  const torn = encodeRecord(new Uint8Array([8]), lacking.length).subarray(0, 2);
  const log = Buffer.concat([
    encodeRecord(first),
    lacking,
    torn,
    encodeRecord(last, lacking.length + torn.length),
  ]);
  expect(readLog('log', new Uint8Array(log)).records).toEqual([first, last]);
});
