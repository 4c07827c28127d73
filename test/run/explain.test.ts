import { explainChange, explainReason, type ComponentChange } from '@cairn/core';
import { expect, test } from 'vitest';

const [one, other] = ['a'.repeat(64), 'b'.repeat(64)] as const;

test.each<readonly [ComponentChange, readonly string[]]>([
  [
    {
      component: 'sql',
      before: 'select a , b from {t} where n > 1',
      after: 'select a , b from {t} where n > ?value',
    },
    ['the SQL: `... where n > 1` -> `... where n > ?value`'],
  ],
  [
    { component: 'sql', before: 'select 1', after: 'select 1 + 1' },
    ['the SQL: `select 1` -> `select 1 + 1`'],
  ],
  [
    { component: 'inputs', before: { a: one, gone: one }, after: { a: other, more: one } },
    [
      "the content of 'a': aaaaaaaaaa -> bbbbbbbbbb",
      "reads 'gone' no more",
      "reads 'more', which it did not",
    ],
  ],
  [
    { component: 'identity', before: one, after: other },
    ['the bytes that it reads: aaaaaaaaaa -> bbbbbbbbbb'],
  ],
  [
    { component: 'params', before: { from: { $date: '2026' }, n: 1 }, after: { from: { $date: '2027' } } },
    [`the param 'from': {"$date":"2026"} -> {"$date":"2027"}`, "the param 'n': 1 -> nothing"],
  ],
  [
    { component: 'engine', before: { version: '1', settings: {} }, after: { version: '2', settings: {} } },
    [`the engine's version: "1" -> "2"`],
  ],
  [
    {
      component: 'connector',
      before: { type: 'csv', options: { header: true } },
      after: { type: 'csv', options: { header: false } },
    },
    ['connector.options.header: true -> false'],
  ],
  [{ component: 'version', before: '1', after: '2' }, ['version: "1" -> "2"']],
])('what differs in a component is said in words: %o', (change, lines) => {
  expect(explainChange(change)).toEqual(lines);
});

test('a reason in words tells everything that differs, and long values in short', () => {
  const changes = [{ component: 'version', before: '1', after: 'x'.repeat(200) }];
  expect(explainReason({ code: 'changed', changes })).toEqual([
    'changed: version',
    `version: "1" -> "${'x'.repeat(79)}...`,
  ]);
  expect(explainReason({ code: 'input_may_change', inputs: ['a', 'b'], changes: [] })).toEqual([
    'a, b may change',
  ]);
  expect(explainReason({ code: 'forced' })).toEqual(['forced']);
});
