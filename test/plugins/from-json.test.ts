import { gzipSync } from 'node:zlib';
import { fromJson, type FromJsonOptions } from '@cairn/plugins/json';
import { describe, expect, test } from 'vitest';
import { bytesOf, contextOf, fails, read, throws, warnings } from './connecting.ts';

type Options = Omit<FromJsonOptions, 'bytes'>;

const json = (text: string, options: Options = {}) => fromJson({ bytes: bytesOf(text), ...options });
const columnsOf = async (text: string, options?: Options) => (await read(json(text, options))).columns;

describe('how rows may stand in a file', () => {
  const two = {
    columns: 'a BIGINT, b VARCHAR',
    rows: [
      ['1', 'x'],
      ['2', null],
    ],
  };

  test.each<[string, string, Options]>([
    ['an array', '[{"a":1,"b":"x"},{"a":2}]', {}],
    ['an array over many lines', ' [\r\n {"a" : 1 , "b" : "x"}\r\n ,\n\t{ "a":2 } ]\n', {}],
    ['a line each', '{"a":1,"b":"x"}\n{"a":2}\n', {}],
    ['no last line break, CR LF, blank lines', '\r\n{"a":1,"b":"x"}\r\n\r\n  \n{"a":2}', { format: 'lines' }],
    ['a byte order mark', '\ufeff[{"a":1,"b":"x"},{"a":2,"b":null}]', { format: 'array' }],
    ['keys in another order', '[{"a":1,"b":"x"},{"b":null,"a":2}]', {}],
    [
      'at a pointer',
      '{"n": {"items": []}, "data": {"more": [{}, [1]], "a/b~": [0, [{"a":1,"b":"x"},{"a":2}], 3]}, "z": 1}',
      { pointer: '/data/a~1b~0/1' },
    ],
  ])('%s', async (_name, text, options) => {
    expect(await read(json(text, options))).toEqual(two);
  });

  test('other encodings, and gzip', async () => {
    const text = '[{"a":1,"b":"x"},{"a":2}]';
    expect(await read(fromJson({ bytes: gzipSync(text) }))).toEqual(two);
    expect(await read(fromJson({ bytes: Buffer.from(`\ufeff${text}`, 'utf16le') }))).toEqual(two);
    expect(
      await read(
        fromJson({
          bytes: Uint8Array.from([...bytesOf('{"a":"'), 0x80, ...bytesOf('"}')]),
          encoding: 'latin1',
        }),
      ),
    ).toEqual({ columns: 'a VARCHAR', rows: [['€']] });
  });

  test('more than a piece, in an array and in lines', async () => {
    const values = Array.from({ length: 200_000 }, (_, index) => ({
      n: index,
      text: `"${index}"\n`,
      list: [index, { deep: [`${index}`] }],
    }));
    for (const text of [JSON.stringify(values), values.map((value) => JSON.stringify(value)).join('\n')]) {
      const { columns, rows } = await read(json(text));
      expect(columns).toBe('n BIGINT, text VARCHAR, list VARCHAR[]');
      expect(rows).toHaveLength(200_000);
      expect(rows[123_456]).toEqual(
        ['123456', '"123456"\n', '[123456, {"deep":["123456"]}]'].map((value, index) =>
          index === 2 ? `[123456, '{"deep":["123456"]}']` : value,
        ),
      );
    }
  });
});

/** Splits at the commas that are in nothing. */
function splitValues(text: string): string[] {
  const values = [''];
  let depth = 0;
  for (const mark of text) {
    if ('[{'.includes(mark)) depth += 1;
    if (']}'.includes(mark)) depth -= 1;
    if (mark === ',' && depth === 0) values.push('');
    else values.push(`${values.pop() ?? ''}${mark}`);
  }
  return values;
}

describe('types', () => {
  test.each<[string, string, (string | null)[]]>([
    [
      'BIGINT',
      '0, -9223372036854775808, 9223372036854775807',
      ['0', '-9223372036854775808', '9223372036854775807'],
    ],
    ['HUGEINT', '9007199254740993, 9223372036854775808', ['9007199254740993', '9223372036854775808']],
    ['DOUBLE', '1.5, 2, 1e5, -0.25E-2', ['1.5', '2.0', '100000.0', '-0.0025']],
    ['BOOLEAN', 'true, null, false', ['true', null, 'false']],
    ['VARCHAR', '"2020-01-01", ""', ['2020-01-01', '']],
    ['VARCHAR', 'null', [null]],
    ['VARCHAR', '1, "1", [ 1 , "a b" ], {"x" : null}, null', ['1', '"1"', '[1,"a b"]', '{"x":null}', null]],
    ['VARCHAR', '12345678901234567, 1.5', ['12345678901234567', '1.5']],
    ['VARCHAR', '1e400', ['1e400']],
    ['VARCHAR', '123456789012345678901234567890123456789', ['123456789012345678901234567890123456789']],
    ['VARCHAR', '{}, null', ['{}', null]],
    ['STRUCT(x BIGINT)', '{}, {"x": 1}', [`{'x': NULL}`, `{'x': 1}`]],
    ['VARCHAR[]', '[], [null]', ['[]', '[NULL]']],
    ['BIGINT[][]', '[[1], []], [null]', ['[[1], []]', '[NULL]']],
    [
      'STRUCT(x VARCHAR, "a b" STRUCT(y DOUBLE[]))',
      '{"x":"NULL","a b":{"y":[1.5,2]}}',
      [`{'x': 'NULL', 'a b': {'y': [1.5, 2.0]}}`],
    ],
    [
      'STRUCT(a BIGINT, A_1 BIGINT, field2 BIGINT)',
      '{"a":1,"A":2,"":3}',
      [`{'a': 1, 'A_1': 2, 'field2': 3}`],
    ],
    ['VARCHAR[]', '[1, "a"]', [`[1, '"a"']`]],
  ])('%s: %s', async (type, values, texts) => {
    const text = splitValues(values)
      .map((value) => `{"v": ${value}}`)
      .join('\n');
    const table = await read(json(text));
    expect(table.columns).toBe(`v ${type}`);
    expect(table.rows.map(([value]) => value)).toEqual(texts);
  });

  test('names are unique without regard to case, and in the order in which they come', async () => {
    expect(await columnsOf('[{"b":1},{"a":1,"B":2,"":3,"constructor":4,"__proto__":5}]')).toBe(
      'b BIGINT, a BIGINT, B_1 BIGINT, column3 BIGINT, "constructor" BIGINT, __proto__ BIGINT'.replaceAll(
        '"',
        '',
      ),
    );
  });

  test('every character, escaped or not', async () => {
    const texts = ['"\\/\b\f\n\r\t', 'é€😀\u0000\u2028', "it's, {a: 'b'} [c]\\", 'NULL', ' x '];
    for (const escape of [
      (text: string) => text,
      (text: string) =>
        text.replace(/[^\x20-\x7e]/gu, (mark) => {
          const units = Array.from({ length: mark.length }, (_, at) =>
            mark.charCodeAt(at).toString(16).padStart(4, '0'),
          );
          return units.map((unit) => `\\u${unit}`).join('');
        }),
    ]) {
      const lines = texts.map((text) =>
        escape(JSON.stringify({ v: text, l: [text], s: { [text.replace('\0', '')]: text } })),
      );
      const { rows } = await read(json(lines.join('\n'), { columns: { s: 'JSON' } }));
      expect(rows.map(([v]) => v)).toEqual(texts);
      expect(rows.map(([, , s]) => JSON.parse(s as string) as unknown)).toEqual(
        texts.map((text) => ({ [text.replace('\0', '')]: text })),
      );
    }
  });

  test('stated types', async () => {
    const text = '{"at":"2020-01-02T03:04:05","n":1.50,"any":"x","s":{"b":"2","a":1},"l":["1"],"d":7}';
    expect(
      await read(
        json(text, {
          columns: {
            at: 'TIMESTAMP',
            n: 'DECIMAL(5,2)',
            any: 'JSON',
            s: 'STRUCT(a INTEGER, b INTEGER)',
            l: 'INTEGER[]',
            d: 'VARCHAR',
            none: 'DATE',
          },
        }),
      ),
    ).toEqual({
      columns:
        'at TIMESTAMP, n DECIMAL(5,2), any VARCHAR, s STRUCT(a INTEGER, b INTEGER), l INTEGER[], d VARCHAR, none DATE',
      rows: [['2020-01-02 03:04:05', '1.50', '"x"', "{'a': 1, 'b': 2}", '[1]', '7', null]],
    });
    expect(await read(json('[]', { columns: { a: 'INTEGER' } }))).toEqual({ columns: 'a INTEGER', rows: [] });
  });

  test('what is deeper than types go is kept as text', async () => {
    const deep = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
    expect(await columnsOf(`{"v":${deep(5)}}`)).toBe('v BIGINT[][][][][]');
    const { columns, rows } = await read(json(`{"v":${deep(900)}}`));
    expect(columns).toBe(`v VARCHAR${'[]'.repeat(24)}`);
    expect(rows[0]?.[0]).toContain(deep(876));
  });

  test('objects that are maps are kept as text', async () => {
    const rows = Array.from({ length: 1500 }, (_, index) => `{"m":{"k${index}":${index},"k":1}}`);
    expect((await read(json(rows.join('\n')))).rows[1499]).toEqual(['{"k1499":1499,"k":1}']);
    await fails(
      read(json(`${rows.join('\n')}\n{"m":{"z":1,"z":2}}`)),
      'invalid_data',
      /line 1501: the key "z" comes twice/,
    );
  });
});

describe('what is no JSON fails, and the message shows the line', () => {
  test.each<[string, string, RegExp, Options?]>([
    ['nothing', '', /no rows, so its columns are not known/],
    ['an empty array', '[]', /no rows/],
    ['empty objects', '{}\n{}', /no keys in its rows/],
    ['half an array', '[{"a":1},\n{"a":2}', /line 2: it ends in the middle/],
    ['half an object', '{"a":1}\n{"a":', /line 2: it ends in the middle of a value: "\{\\"a\\":"/],
    ['a document for lines', '{"a":\n1}', /line 1: it ends in the middle/],
    ['a row that is none', '[{"a":1},\n\n2]', /line 3: a row is an object/],
    ['an array in a line', '{"a":1}\n[1]', /line 2: a row is an object/],
    ['two in a line', '{"a":1}{"a":2}', /line 1: a line holds one object/],
    ['more behind the end', '[{"a":1}]\n,', /line 2: it goes on behind its end/],
    ['a comma too many', '[{"a":1},]', /a value is expected, and there is ']'/],
    ['a comma too few', '[{"a":1}{"a":2}]', /a comma or an end is expected/],
    ['a key without quotes', '{a:1}', /a key in quotes is expected, and there is 'a'/],
    ['no colon', '{"a" 1}', /a colon is expected, and there is '1'/],
    ['a leading zero', '{"a":01}', /a leading zero/],
    ['a plus', '{"a":+1}', /a value is expected, and there is '\+'/],
    ['no digits behind the point', '{"a":1.}', /a number that is none/],
    ['a word', '{"a":nul}', /a word that is not null/],
    ['NaN', '{"a":NaN}', /a value is expected, and there is 'N'/],
    ['single quotes', "{'a':1}", /a key in quotes/],
    ['a control character', '{"a":"x\ty"}', /a control character/],
    ['an escape that is none', '{"a":"\\x"}', /an escape that is none/],
    ['too few digits', '{"a":"\\u12G4"}', /four hexadecimal digits/],
    ['half a pair', '{"a":"\\ud800x"}', /half a surrogate pair/],
    ['a key that comes twice', '{"a":1}\n{"a":1,"\\u0061":2}', /line 2: the key "a" comes twice/],
    ['one in a list of objects', '{"l":[{"a":1},{"a":1,"b":{"c":1,"c":2}}]}', /the key "c" comes twice/],
    ['U+0000 in a key', '{"a":1}\n{"a\\u0000":1}', /line 2: a key holds the character U\+0000/],
    ['too deep', `{"a":${'['.repeat(2000)}`, /nested deeper than 1000 levels/],
    ['no array at the pointer', '{"a":{"b":1}}', /there is no array at '\/a\/b'/, { pointer: '/a/b' }],
    ['nothing at the pointer', '{"a":{"b":1}}', /there is nothing at '\/a\/c'/, { pointer: '/a/c' }],
    ['an object for an array', '{"a":1}', /an array is expected; say where/, { format: 'array' }],
    [
      'a value of another type',
      '{"a":1}\n\n{"a":"q"}',
      /line 3: .*Could not convert string "q".*: "\{/,
      { columns: { a: 'INTEGER' } },
    ],
    [
      'the same in an array',
      '[{"a":1},\n{"a":\n"q"}]',
      /line 2: .*Could not convert/,
      { columns: { a: 'INTEGER' } },
    ],
  ])('%s', async (_name, text, message, options) => {
    await fails(read(json(text, options)), 'invalid_data', message);
  });

  test('what is no UTF-8', async () => {
    await fails(
      read(fromJson({ bytes: Uint8Array.of(123, 125, 10, 0xff) })),
      'invalid_data',
      /line 2: it is not UTF-8/,
    );
  });

  test('options', () => {
    throws(() => json('', { pointer: 'a' }), /fromJson.pointer.*\/data\/items/);
    // @ts-expect-error no such format
    throws(() => json('', { format: 'object' }), /fromJson.format.*array, lines, auto/);
    // @ts-expect-error no such option
    throws(() => json('', { depth: 1 }), /no option 'depth'/);
  });
});

test('lines that are no rows are collected', async () => {
  const text = '{"a":1,"s":{"x":1}}\n{"a":\n\n[2]\n{"a":"q"}\n{"b":1,"a":2,"a":3}\n{"a":3,"s":{"x":2}}';
  const connector = fromJson({ bytes: bytesOf(text), columns: { a: 'INTEGER' }, badRows: 'collect' });
  expect(await read(connector)).toEqual({
    columns: 'a INTEGER, s STRUCT(x BIGINT)',
    rows: [
      ['1', "{'x': 1}"],
      ['3', "{'x': 2}"],
    ],
  });
  expect(await read(connector.rejected)).toEqual({
    columns: 'line BIGINT, reason VARCHAR, raw VARCHAR',
    rows: [
      ['2', 'it ends in the middle of a value', '{"a":'],
      ['4', 'a row is an object, and this is none', '[2]'],
      ['5', "column 'a' is INTEGER, and the value is 'q'", '{"a":"q"}'],
      ['6', 'the key "a" comes twice in an object', '{"b":1,"a":2,"a":3}'],
    ],
  });
  warnings.length = 0;
  const given = await connector.read(contextOf(connector));
  expect(given.result?.(2)).toEqual({ rejected: 4 });
  expect(warnings).toEqual(['4 rows were rejected']);
  await given.close?.();
  await fails(read(json('[{"a":1}]', { badRows: 'collect' })), 'invalid_argument', /'collect' is for lines/);
});
