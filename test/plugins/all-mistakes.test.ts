import { CairnError } from '@cairn/core';
import { fromArrow, toArrow } from '@cairn/plugins/arrow';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { fromJson, toJson } from '@cairn/plugins/json';
import { fromParquet, toParquet } from '@cairn/plugins/parquet';
import { describe, expect, test } from 'vitest';

/** What is said of options, and of which. */
function mistakes(make: () => unknown): { message: string; paths: string[] } {
  try {
    make();
  } catch (error) {
    if (!(error instanceof CairnError) || error.code !== 'invalid_argument') throw error;
    const issues = (error.details['issues'] ?? []) as readonly { readonly path: string }[];
    return { message: error.message, paths: issues.map(({ path }) => path) };
  }
  throw new Error('nothing is wrong with them');
}

type Make = (options: never) => unknown;

const wrong = { pth: 'a.csv', delimeter: ';' } as never;

describe('all that is wrong with options is told at once', () => {
  test('of fromCsv: names, the place, how it is asked, how it is written', () => {
    const { message, paths } = mistakes(() =>
      fromCsv({ pth: 'a.csv', delimeter: ';', header: 'yes', badRows: 'skip', retries: -1 } as never),
    );
    expect(paths).toEqual(['', '', '', 'header', 'badRows']);
    expect(message).toBe(
      "The options of fromCsv are invalid: there is no option 'pth'; did you mean 'path'?; there is no option 'delimeter'; did you mean 'delimiter'?; " +
        'it takes exactly one of path, url, file and bytes, and was given none of them; ' +
        'header: it is true or false, and was given a text; badRows: it is one of fail, collect, and was given a text',
    );
    expect(mistakes(() => fromCsv({ url: 'http://x/', retries: -1, timeoutMs: 0 })).paths).toEqual([
      'retries',
      'timeoutMs',
    ]);
  });

  test.each([
    ['fromJson', () => fromJson({ path: '', format: 'rows' as never }), ['path', 'format']],
    ['fromParquet', () => fromParquet({ path: '', columns: [] }), ['path', 'columns']],
    ['fromArrow', () => fromArrow({ path: '', columns: [] }), ['path', 'columns']],
    ['toCsv', () => toCsv({ path: '', quote: 'x', lineEnd: 'cr' as never }), ['path', 'quote', 'lineEnd']],
    ['toJson', () => toJson({ path: '', format: 'rows' as never }), ['path', 'format']],
    ['toParquet', () => toParquet({ path: '', rowGroupRows: 0 }), ['path', 'rowGroupRows']],
    ['toArrow', () => toArrow({ path: '', format: 'x' as never }), ['path', 'format']],
  ] as const)('of %s', (_name, make, paths) => {
    expect(mistakes(make).paths).toEqual(paths);
  });

  test('one mistake is one, and options that are none are nothing more', () => {
    expect(mistakes(() => fromCsv({ path: 'a', header: 'yes' as never }))).toEqual({
      message: 'fromCsv.header: it is true or false, and was given a text',
      paths: [],
    });
    const sinks: readonly Make[] = [toCsv, toJson, toParquet, toArrow];
    for (const make of [fromCsv, fromJson, fromParquet, fromArrow, ...sinks] as readonly Make[])
      for (const given of [undefined, null, 7, 'path'] as never[])
        expect(mistakes(() => make(given)).message).toMatch(/it takes an object of options, and was given/);
    for (const make of sinks) expect(mistakes(() => make(wrong)).paths).toHaveLength(3);
  });
});
