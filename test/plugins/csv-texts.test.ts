import { gzipSync } from 'node:zlib';
import { fromCsv, type FromCsvOptions } from '@cairn/plugins/csv';
import { describe, expect, test } from 'vitest';
import { bytesOf, fails, read, throws } from './connecting.ts';

type Options = Omit<FromCsvOptions, 'bytes'>;

const csv = (bytes: readonly number[] | Uint8Array, options: Options = {}) =>
  fromCsv({ bytes: Uint8Array.from(bytes), ...options });
const utf16 = (text: string, little: boolean): number[] =>
  Array.from({ length: text.length }, (_, index) => index).flatMap((index) => {
    const code = text.charCodeAt(index);
    return little ? [code & 255, code >> 8] : [code >> 8, code & 255];
  });
const priced = { columns: 'a BIGINT, b VARCHAR', rows: [['1', 'é€']] };

describe('encodings', () => {
  test.each<[string, number[], Options]>([
    ['UTF-16, little endian, by its mark', utf16('\ufeffa,b\n1,é€\n', true), {}],
    ['UTF-16, big endian, by its mark', utf16('\ufeffa,b\r\n1,é€\r\n', false), {}],
    ['UTF-16 without a mark', utf16('a,b\n1,é€\n', true), { encoding: 'utf-16le' }],
    ['windows-1252', [...bytesOf('a,b\n1,'), 0xe9, 0x80, 10], { encoding: 'windows-1252' }],
    [
      'latin1, which browsers take for windows-1252',
      [...bytesOf('a,b\n1,'), 0xe9, 0x80, 10],
      { encoding: 'latin1' },
    ],
    ['UTF-8, said', [...bytesOf('\ufeffa,b\n1,é€\n')], { encoding: 'utf8' }],
  ])('%s', async (_name, bytes, options) => {
    expect(await read(csv(bytes, options))).toEqual(priced);
  });

  test('many bytes a character, cut anywhere', async () => {
    const rows = Array.from({ length: 60_000 }, (_, index) => [String(index), '日本語']);
    const sjis = [0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea];
    const bytes = rows.flatMap(([index]) => [...bytesOf(`${index},`), ...sjis, 10]);
    const table = await read(csv([...bytesOf('a,b\n'), ...bytes], { encoding: 'shift_jis' }));
    expect(table.rows).toEqual(rows);
  });

  test.each<[string, number[], RegExp, Options]>([
    [
      'windows-1252 as UTF-8',
      [...bytesOf('a\n1\n'), 0xe9, 10],
      /line 3: it is not UTF-8: say what it is/,
      {},
    ],
    [
      'half a pair of UTF-16',
      utf16('a\r\n1\r\n\ud83d\r\n2', true),
      /line 3: it is not UTF-16LE/,
      { encoding: 'utf-16le' },
    ],
    ['UTF-16 as UTF-8', utf16('\ufeffa', true), /line 1: it is not UTF-8/, { encoding: 'utf-8' }],
    [
      'what is no Shift-JIS',
      [...bytesOf('a\nb\n'), 0xff, 10],
      /line 3: it is not SJIS/,
      { encoding: 'sjis' },
    ],
  ])('%s fails at its line', async (_name, bytes, message, options) => {
    await fails(read(csv(bytes, options)), 'invalid_data', message);
  });

  test('the line is right far down', async () => {
    const bytes = new Uint8Array([...bytesOf('a\r\n'), ...bytesOf('12345\r\n'.repeat(100_000)), 0xff]);
    await fails(read(csv(bytes)), 'invalid_data', /line 100002: it is not UTF-8/);
  });

  test('an encoding that nobody knows is refused at once', () => {
    throws(() => csv([], { encoding: 'utf-42' }), /fromCsv.encoding.*'utf-42' is no encoding/);
  });
});

describe('gzip', () => {
  const text = `a,b\n${'1,é€\n'.repeat(300_000)}`;
  const packed = gzipSync(text);

  test('is known by its first bytes, or said', async () => {
    for (const options of [{}, { compression: 'gzip' }, { encoding: 'utf-8' }] as const) {
      expect((await read(csv(packed, options))).rows).toHaveLength(300_000);
    }
    expect(await read(csv(gzipSync(Uint8Array.from(utf16('\ufeffa,b\n1,é€\n', true)))))).toEqual(priced);
    await fails(read(csv(packed, { compression: 'none' })), 'invalid_data', /line 1: it is not UTF-8/);
    await fails(read(csv(bytesOf('a,b\n'), { compression: 'gzip' })), 'invalid_data', /no whole gzip file/);
  });

  test('cut, damaged or followed by more fails', async () => {
    await fails(read(csv(packed.subarray(0, -9))), 'invalid_data', /no whole gzip file/);
    const damaged = Uint8Array.from(packed);
    damaged[500] = (damaged[500] ?? 0) ^ 1;
    await fails(read(csv(damaged)), 'invalid_data', /no whole gzip file|not UTF-8|line \d+/);
    await fails(read(csv([...packed, 1, 2, 3])), 'invalid_data', /no whole gzip file/);
  });

  test('one that becomes too large fails', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, '1\n'));
    expect(bomb.length).toBeLessThan(100_000);
    await fails(
      read(csv(bomb, { maxTextBytes: 1024 * 1024 })),
      'invalid_data',
      /becomes more than 1048576 bytes when it is decompressed.*'maxTextBytes'/,
    );
  });
});
