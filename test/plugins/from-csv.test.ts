import { fromCsv, type FromCsvOptions } from '@cairn/plugins/csv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, fails, read } from './connecting.ts';

type Options = Omit<FromCsvOptions, 'bytes'>;

const csv = (text: string, options: Options = {}) => fromCsv({ bytes: bytesOf(text), ...options });
const columnsOf = async (text: string, options: Options = {}) => (await read(csv(text, options))).columns;

describe('what a CSV file may be', () => {
  const two = [
    ['1', 'x'],
    ['2', 'y'],
  ];

  test.each([
    ['LF', 'a,b\n1,x\n2,y\n'],
    ['no last line break', 'a,b\n1,x\n2,y'],
    ['CR LF', 'a,b\r\n1,x\r\n2,y\r\n'],
    ['CR', 'a,b\r1,x\r2,y\r'],
    ['a byte order mark', '\ufeffa,b\n1,x\n2,y\n'],
    ['a byte order mark before a quote', '\ufeff"a",b\n1,x\n2,y\n'],
    ['blank lines', '\n\na,b\n\n1,x\n\n\n2,y\n\n'],
    ['all quoted', '"a","b"\n"1","x"\n"2","y"\n'],
  ])('%s', async (_name, text) => {
    expect(await read(csv(text))).toEqual({ columns: 'a BIGINT, b VARCHAR', rows: two });
  });

  test('a header alone is a table without rows', async () => {
    expect(await read(csv('a,b\n'))).toEqual({ columns: 'a VARCHAR, b VARCHAR', rows: [] });
  });

  test('line breaks, quotes and delimiters in quotes, also in the header', async () => {
    const text = '"a\n1",b\r\n"x\ny","p""q"\r\n"\r\n",","\r\n';
    expect(await read(csv(text))).toEqual({
      columns: 'a\n1 VARCHAR, b VARCHAR',
      rows: [
        ['x\ny', 'p"q'],
        ['\r\n', ','],
      ],
    });
  });

  test('null is an empty field, and the empty text is in quotes', async () => {
    expect((await read(csv('a,b\n,""\n"",x\n'))).rows).toEqual([
      [null, ''],
      ['', 'x'],
    ]);
    expect((await read(csv('a\n\nx\n\n'))).rows).toEqual([[null], ['x'], [null]]);
  });

  test('names are unique without regard to case, and none is empty', async () => {
    expect(await columnsOf('a,a,A,a_1,\n1,2,3,4,5\n')).toBe(
      'a BIGINT, a_2 BIGINT, A_3 BIGINT, a_1 BIGINT, column4 BIGINT',
    );
  });

  test('5,000 columns, and a line of 3 MB', async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `c${index}`);
    expect(
      (await columnsOf(`${names.join(',')}\n${names.map(() => '1').join(',')}\n`)).split(', '),
    ).toHaveLength(5000);
    const long = 'x'.repeat(3_000_000);
    expect((await read(csv(`a,b\n1,${long}\n`))).rows[0]?.[1]).toHaveLength(long.length);
  });
});

describe('options', () => {
  test('header, delimiter, quote, escape, nullText, skipRows', async () => {
    expect(await read(csv('1;x\n2;y\n', { header: false, delimiter: ';' }))).toEqual({
      columns: 'column0 BIGINT, column1 VARCHAR',
      rows: [
        ['1', 'x'],
        ['2', 'y'],
      ],
    });
    expect((await read(csv("a\n'it''s'\n", { quote: "'" }))).rows).toEqual([["it's"]]);
    expect((await read(csv('a\n"p\\"q"\n', { escape: '\\' }))).rows).toEqual([['p"q']]);
    expect((await read(csv('a,b\n5" pipe,1\n', { quote: '' }))).rows).toEqual([['5" pipe', '1']]);
    expect(await read(csv('a,b\nNA,"NA"\n5,x\n', { nullText: 'NA' }))).toEqual({
      columns: 'a BIGINT, b VARCHAR',
      rows: [
        [null, 'NA'],
        ['5', 'x'],
      ],
    });
    expect((await read(csv('My "report\n\na,b\n1,2\n', { skipRows: 1 }))).columns).toBe('a BIGINT, b BIGINT');
  });

  test('stated types and formats', async () => {
    const text = 'zip,day,at,n\n1,31.12.2020,31/12/2020 01:02,1.50\n';
    const stated = {
      columns: { zip: 'VARCHAR', day: 'DATE', at: 'TIMESTAMP', n: 'DECIMAL(5,2)' },
      dateFormat: '%d.%m.%Y',
      timestampFormat: '%d/%m/%Y %H:%M',
    };
    expect(await read(csv(text, stated))).toEqual({
      columns: 'zip VARCHAR, day DATE, at TIMESTAMP, n DECIMAL(5,2)',
      rows: [['1', '2020-12-31', '2020-12-31 01:02:00', '1.50']],
    });
    expect(
      await columnsOf('a,b\n2020-01-01,2020-01-01\n', { columns: { a: 'DATE' }, dateFormat: '%Y-%m-%d' }),
    ).toBe('a DATE, b VARCHAR');
  });
});

describe('types are found in the whole file, and none loses what a value says', () => {
  test.each([
    ['BOOLEAN', ['true', 'FALSE']],
    ['BIGINT', ['0', '-9223372036854775808', '9223372036854775807']],
    ['HUGEINT', ['9223372036854775808', '1']],
    ['DOUBLE', ['1.5', '2', '1e5', '-.5', 'nan', '-inf']],
    ['DATE', ['2020-02-29', '0001-01-01']],
    ['TIME', ['00:00:00', '23:59:59.123456']],
    ['TIMESTAMP', ['2020-01-02 03:04:05', '2020-01-02T03:04:05.5']],
    [
      'TIMESTAMP WITH TIME ZONE',
      ['2020-01-02T03:04:05Z', '2020-01-02 03:04:05.5+02:30', '2020-01-02 03:04:05-11'],
    ],
    ['VARCHAR', ['', '']],
    ['VARCHAR', ['007']],
    ['VARCHAR', ['+1']],
    ['VARCHAR', ['0x10']],
    ['VARCHAR', ['1_000']],
    ['VARCHAR', [' 1']],
    ['VARCHAR', ['1e400']],
    ['VARCHAR', ['1e-400']],
    ['VARCHAR', ['12345678901234567', '1.5']],
    ['VARCHAR', ['123456789012345678901234567890123456789']],
    ['VARCHAR', ['01/02/2020']],
    ['VARCHAR', ['2020-02-30']],
    ['VARCHAR', ['2020-1-2']],
    ['VARCHAR', ['2020-01-02 03:04:05.1234567']],
    ['VARCHAR', ['2020-01-02', '2020-01-02 03:04:05']],
    ['VARCHAR', ['24:00:00']],
    ['VARCHAR', ['t']],
    ['VARCHAR', ['1', '""']],
  ])('%s: %j', async (type, values) => {
    expect(await columnsOf(`a,b\n${values.map((value) => `${value},x\n`).join('')}`)).toBe(
      `a ${type}, b VARCHAR`,
    );
  });

  test('a value far down decides', async () => {
    const numbers = Array.from({ length: 300_000 }, (_, index) => `${index}\n`).join('');
    expect(await columnsOf(`a\n${numbers}`)).toBe('a BIGINT');
    expect(await columnsOf(`a\n${numbers}x\n`)).toBe('a VARCHAR');
  });
});

describe('bad files fail, and the message shows the line', () => {
  test.each<[string, string, RegExp, Options?]>([
    ['empty', '', /there is no header/],
    ['a line break alone', '\n', /line 2: there is no header/],
    ['too many fields', 'a,b\n1,x\n2,y,z\n', /line 3: the line has 3 fields, and the header has 2: "2,y,z"/],
    ['too few fields', 'a,b\n1,"x\ny"\n2\n3,z\n', /line 4: the line has 1 field, and the header has 2: "2"/],
    ['all rows longer than the header', 'a,b\n1,x,3\n2,y,4\n', /line 2: the line has 3 fields/],
    ['a title', 'My report\na,b\n1,2\n', /line 2: the line has 2 fields, and the header has 1/],
    ['a quote never closed', 'a,b\n1,"x\n2,y\n', /line 2: a quote is opened and never closed/],
    ['text after a quote', 'a,b\n1,"x"y\n', /line 2: a quoted field goes on/],
    ['a quote in the middle', 'a,b\n1,x"y\n', /line 2: there is a quote inside/],
    ['mixed line breaks', 'a,b\r\n1,x\n', /line 2: the line ends in LF, and the ones before it in CR LF/],
    ['a blank line that is no null', 'a\n1\n\n', /line 3: the line is blank/, { nullText: 'NA' }],
    [
      'a value of another type',
      'a,b\n1,x\nq,y\n',
      /line 3: .*Could not convert string "q".*: "q,y"/,
      { columns: { a: 'INTEGER' } },
    ],
    [
      'the same below skipped lines',
      't\n\na\n1\nq\n',
      /line 5: .*Could not convert/,
      { columns: { a: 'INTEGER' }, skipRows: 1 },
    ],
    [
      'the same below a field of two lines',
      'a,b\n1,"\n"\nq,y\n',
      /line 4: .*Could not convert/,
      { columns: { a: 'INTEGER' } },
    ],
    [
      'a stated column that is not there',
      'alpha\n1\n',
      /no column 'alpa'.*did you mean 'alpha'/,
      { columns: { alpa: 'INTEGER' } },
    ],
  ])('%s', async (_name, text, message, options) => {
    await fails(read(csv(text, options)), 'invalid_data', message);
  });

  test.each([
    ['Latin-1', [97, 10, 98, 10, 0xe9, 10], /line 3: it is not UTF-8/],
    ['half a UTF-16 character', [0xff, 0xfe, 97, 0, 10, 0, 98], /line 2: it is not UTF-16LE/],
    ['the beginning of a gzip file', [0x1f, 0x8b, 8, 0], /no whole gzip file/],
    ['a byte order mark alone', [0xef, 0xbb, 0xbf], /there is no header/],
    ['half a character at the end', [97, 10, 0xc3], /line 2: it is not UTF-8/],
  ])('%s', async (_name, bytes, message) => {
    await fails(read(fromCsv({ bytes: Uint8Array.from(bytes) })), 'invalid_data', message);
  });

  test('the engine names a type that it does not know', async () => {
    await fails(read(csv('a\n1\n', { columns: { a: 'INTEGR' } })), 'sql_failed', /INTEGR/);
  });
});

test('any text is read as RFC 4180 says, or refused', async () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    ',',
    ',',
    '"',
    '""',
    '"x"',
    '"\n"',
    '\n',
    '\r\n',
    '1',
    '0',
    '-',
    '.',
    'é',
    ' ',
    '\\',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 24 }), async (pieces) => {
      const text = pieces.join('');
      const outcome = await read(csv(text)).catch((error: { code?: string; message: string }) => error);
      if (!('rows' in outcome)) {
        expect(outcome.code).toBe('invalid_data');
        expect(outcome.message).not.toMatch(/CSV Error|rows, but/);
        return;
      }
      const [header, ...records] = recordsOf(text);
      const width = header?.length ?? 0;
      const kept = records.filter((record) => width === 1 || !(record.length === 1 && record[0] === null));
      expect(kept.every((record) => record.length === width)).toBe(true);
      const isText = outcome.columns.split(', ').every((column) => column.endsWith(' VARCHAR'));
      if (isText) expect(outcome.rows).toEqual(kept);
      else expect(outcome.rows).toHaveLength(kept.length);
    }),
    { numRuns: 250, seed: 7 },
  );
});

/** A plain parser of well-formed CSV, after leading blank lines; null for an empty field. */
function recordsOf(text: string): (string | null)[][] {
  const body = text.replace(/^[\r\n]+/, '');
  const records: (string | null)[][] = [];
  let at = 0;
  while (at < body.length) {
    const record: (string | null)[] = [];
    for (;;) {
      const quoted = /^"((?:[^"]|"")*)"/.exec(body.slice(at));
      const plain = /^[^,\r\n]*/.exec(body.slice(at))?.[0] ?? '';
      record.push(quoted ? (quoted[1] ?? '').replaceAll('""', '"') : plain || null);
      at += quoted ? quoted[0].length : plain.length;
      if (body[at] !== ',') break;
      at += 1;
    }
    at += /^(?:\r\n|\r|\n)?/.exec(body.slice(at))?.[0].length ?? 0;
    records.push(record);
  }
  return records;
}
