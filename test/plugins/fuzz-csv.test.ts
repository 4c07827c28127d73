import { gzipSync } from 'node:zlib';
import { fromCsv, type FromCsvOptions } from '@cairn/plugins/csv';
import { describe, expect, test } from 'vitest';
import { bytesOf, read } from './connecting.ts';
import { damaged, drained, randomOf, seed, times } from './text-fuzzing.ts';

console.log(`fuzz-csv: seed ${seed}, ${times} of each`);
const random = randomOf(seed);

type Options = Omit<FromCsvOptions, 'bytes'>;
type Rows = (string | null)[][];

/** What reading comes to: a table, or a clear error. */
async function outcomeOf(
  bytes: Uint8Array,
  options: Options = {},
): Promise<{ rows: Rows } | { message: string }> {
  try {
    return await read(fromCsv({ bytes, ...options }));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    expect(code, `${message}\n${JSON.stringify(Array.from(bytes))}`).toBe('invalid_data');
    expect(message).not.toMatch(/CSV Error|The source has|undefined|\[object/u);
    return { message };
  }
}

const alphabet = ['a', 'b', '7', '"', '"', ',', ',', 'é', '€', '😀', ' ', '\n', '\0', "'", '\\', ';', '0'];

/** A valid file with what is in it, all columns of it text. */
function valid(): { text: string; rows: Rows } {
  const width = random(4) + 1;
  const lineBreak = ['\n', '\r\n', '\r'][random(3)] as string;
  const rows: Rows = Array.from({ length: random(6) }, () =>
    Array.from({ length: width }, () =>
      random(6) === 0
        ? null
        : Array.from({ length: random(6) }, () => alphabet[random(alphabet.length)]).join(''),
    ),
  );
  // A first row that is no number, so that everything is text.
  rows.unshift(Array.from({ length: width }, () => 'x'));
  const field = (value: string | null): string => {
    if (value === null) return '';
    return value === '' || /[",\r\n]/u.test(value) || random(4) === 0
      ? `"${value.replaceAll('"', '""')}"`
      : value;
  };
  const lines = [
    rows[0]?.map((_, index) => `c${index}`).join(','),
    ...rows.map((row) => row.map(field).join(',')),
  ];
  return {
    text: lines.join(lineBreak) + (random(2) === 0 || rows.at(-1)?.join('') === '' ? lineBreak : ''),
    rows,
  };
}

describe('inputs of all kinds give a right table or a clear error', () => {
  test('valid files, in every encoding, compressed or not', async () => {
    for (let count = 0; count < times; count += 1) {
      const { text, rows } = valid();
      const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
      const encoded = [bytesOf(text), bytesOf(`\ufeff${text}`), utf16, Buffer.from(utf16).swap16()][
        random(4)
      ] as Uint8Array;
      const bytes = random(3) === 0 ? gzipSync(encoded) : encoded;
      expect(
        await outcomeOf(bytes, random(2) === 0 ? {} : { badRows: 'collect' }),
        JSON.stringify(text),
      ).toMatchObject({ rows });
    }
  });

  test('damaged files', async () => {
    for (let count = 0; count < times; count += 1) {
      const { text } = valid();
      const packed = random(4) === 0;
      const bytes = damaged(packed ? gzipSync(text) : bytesOf(text), random);
      const failing = await outcomeOf(bytes, { columns: {} });
      const collecting = await outcomeOf(bytes, { badRows: 'collect' });
      // Collecting changes nothing of a file that is right.
      if ('rows' in failing) expect(collecting).toMatchObject({ rows: failing.rows });
    }
  });

  test('random bytes', async () => {
    for (let count = 0; count < times; count += 1) {
      const bytes = Uint8Array.from({ length: random(200) }, () => random(256));
      await outcomeOf(bytes);
      await outcomeOf(bytes, {
        encoding: ['latin1', 'utf-16le', 'shift_jis', 'gb18030'][random(4)] as string,
      });
    }
  });

  test('sizes that lie: gzip whose length is wrong', async () => {
    for (const lie of [0, 1, 0x7fffffff, 0xffffffff]) {
      const bytes = Uint8Array.from(gzipSync('a,b\n1,2\n'));
      new DataView(bytes.buffer).setUint32(bytes.length - 4, lie, true);
      expect(await outcomeOf(bytes)).toMatchObject({ message: expect.stringMatching(/no whole gzip file/) });
    }
  });

  test('10,000 columns', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `c${index}`).join(',');
    const { rows } = (await outcomeOf(bytesOf(`${names}\n${names}\n`))) as { rows: Rows };
    expect(rows[0]).toHaveLength(10_000);
    expect(rows[0]?.[9999]).toBe('c9999');
  });
});

describe('memory stays within what is promised', () => {
  test('a file of 300 MB', async () => {
    const { peak, outcome } = await drained('csv', 'rows', 300);
    expect(outcome).toMatch(/^1\d{7} rows, 3\d{8} bytes$/);
    expect(peak).toBeLessThan(350);
  });

  test('a line of 100 MB, and a quote that is never closed', async () => {
    const line = await drained('csv', 'line', 100);
    expect(line.outcome).toMatch(/^invalid_data: .*line 2: the record is longer than 64 MiB/);
    expect(line.peak).toBeLessThan(600);
    const open = await drained('csv', 'open', 100);
    expect(open.outcome).toMatch(/^invalid_data: .*line 2: a quote is opened and not closed within 64 MiB/);
    expect(open.peak).toBeLessThan(600);
  });
});

test('a record of 40 MB reaches the engine whole', async () => {
  const long = 'x'.repeat(40_000_000);
  const { rows } = (await outcomeOf(bytesOf(`a,b\n1,${long}\n`))) as { rows: Rows };
  expect(rows[0]?.[1]).toHaveLength(long.length);
});
