import { contributions } from '@cairn/core/plugin';
import { pipelineFromYaml } from '@cairn/core/yaml';
import { standardPlugins } from '@cairn/plugins';
import { describe, expect, test } from 'vitest';
import { formatOf } from '../../playground/src/state/data-format.js';
import { pathOf, stepNameOf } from '../../playground/src/state/step-names.js';
import { writePipeline } from '../../playground/src/state/write-pipeline.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const registry = contributions(standardPlugins());

describe('a file is known by its first bytes and its name', () => {
  test.each([
    ['a.csv', 'a,b\n1,2\n', { type: 'csv', options: {} }],
    ['a.csv', 'a;b\n"1,2,3";2\n4;5\n', { type: 'csv', options: { delimiter: ';' } }],
    ['a.tsv', 'a\tb\n1\t2\n', { type: 'csv', options: { delimiter: '\t' } }],
    ['a.txt', 'a|b\n1|2\n', { type: 'csv', options: { delimiter: '|' } }],
    ['a.csv', 'one\n1\n', { type: 'csv', options: {} }],
    ['a.json', '[{"a": 1}]', { type: 'json', options: {} }],
    ['a.jsonl', '{"a": [{}]}\n{"a": []}', { type: 'json', options: {} }],
    ['a.json', '{"a": [{"b": 1}]}\n{"a": []}', { type: 'json', options: {} }],
    [
      'a.geojson',
      '{"type": "X", "b/c": ["d"], "fe~": [{"g": [1',
      { type: 'json', options: { pointer: '/fe~0' } },
    ],
    ['data', ' [{"a": 1}]', { type: 'json', options: {} }],
    ['a.parquet', 'PAR1....', { type: 'parquet', options: {} }],
    ['a.feather', 'ARROW1..', { type: 'arrow', options: {} }],
    ['a.yml', 'name: x', { type: 'yaml' }],
  ])('%s %j', (name, head, expected) => {
    expect(formatOf(name, bytes(head))).toEqual(expected);
  });

  test('what is not UTF-8 is read as the encoding of old spreadsheets', () => {
    const head = Uint8Array.of(...bytes('name,city\nAda,Z'), 0xfc, ...bytes('rich\n'));
    expect(formatOf('a.csv', head)).toEqual({ type: 'csv', options: { encoding: 'windows-1252' } });
    // Cut in the middle of a character.
    expect(formatOf('a.csv', bytes('a,b\nZü').slice(0, -1))).toEqual({ type: 'csv', options: {} });
  });

  test.each([
    ['a.xlsx', 'PK\u0003\u0004', /spreadsheet/],
    ['a.parquet', 'nonsense', /does not begin/],
    ['a.bin', 'no table', /neither/],
  ])('%s is refused, with a reason', (name, head, why) => {
    expect(formatOf(name, bytes(head))).toEqual({
      type: 'unknown',
      why: expect.stringMatching(why) as string,
    });
  });
});

test('steps have names that SQL takes, and files have places', () => {
  expect(stepNameOf('Orders 2024 (März).csv.gz', [])).toBe('orders_2024_marz');
  expect(stepNameOf('orders.csv', ['Orders', 'orders_2'])).toBe('orders_3');
  expect(stepNameOf('2024.csv', [])).toBe('data_2024');
  expect(stepNameOf('order.csv', [])).toBe('order_data');
  expect(stepNameOf('???.csv', [])).toBe('data');
  expect(pathOf('a.csv.gz', ['data/a.csv.gz'])).toBe('data/a-2.csv.gz');
  expect(pathOf('a/b.csv', [])).toBe('data/a_b.csv');
});

test.each([
  [
    'a kind and an amount',
    [
      ['city', 'VARCHAR', 3],
      ['id', 'BIGINT', 9],
      ['total', 'DOUBLE', 9],
    ],
    'by_city',
  ],
  [
    'a kind with a difficult name',
    [
      ['at', 'VARCHAR', 2],
      ['of "all"', 'DOUBLE', 9],
    ],
    'by_at',
  ],
  [
    'a time',
    [
      ['day', 'DATE', 9],
      ['n', 'BIGINT', 9],
    ],
    'by_month',
  ],
  [
    'nothing to group by',
    [
      ['n', 'STRUCT(a BIGINT)', 0],
      ['l', 'BIGINT[]', 2],
      ['t', 'DATE[]', 2],
    ],
    'first_rows',
  ],
] as const)('a pipeline is written with a first question for %s', async (_what, columns, step) => {
  const yaml = writePipeline('shop', [
    {
      step: 'orders',
      type: 'csv',
      path: 'data/my "orders", all.csv',
      options: { delimiter: '\t' },
      columns: columns.map(([name, type, distinct]) => ({ name, type, distinct })),
    },
  ]);
  const { processes } = await pipelineFromYaml(yaml, { registry });
  expect(Object.values(processes).flatMap(({ steps }) => steps.map(({ name }) => name))).toEqual([
    'orders',
    step,
  ]);
  expect(yaml).toMatchSnapshot();
});
