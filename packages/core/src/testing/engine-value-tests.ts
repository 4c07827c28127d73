import { answer, statement, value } from './engine-fixtures.ts';
import type { EngineTests } from './engine-suite.ts';
import { expectCode, expectEqual } from './expectation.ts';

const boundValues: readonly (readonly [value: unknown, type: string, text: string | null])[] = [
  [null, 'INTEGER', null],
  [true, 'BOOLEAN', 'true'],
  [false, 'BOOLEAN', 'false'],
  [0, 'INTEGER', '0'],
  [-0, 'INTEGER', '0'],
  [2 ** 31 - 1, 'INTEGER', '2147483647'],
  [-(2 ** 31), 'INTEGER', '-2147483648'],
  [2 ** 31, 'BIGINT', '2147483648'],
  [-(2 ** 31) - 1, 'BIGINT', '-2147483649'],
  [Number.MAX_SAFE_INTEGER, 'BIGINT', '9007199254740991'],
  [Number.MIN_SAFE_INTEGER, 'BIGINT', '-9007199254740991'],
  [2 ** 53, 'DOUBLE', '9007199254740992.0'],
  [0.1, 'DOUBLE', '0.1'],
  [5e-324, 'DOUBLE', '5e-324'],
  [Number.MAX_VALUE, 'DOUBLE', '1.7976931348623157e+308'],
  [Number.NaN, 'DOUBLE', 'nan'],
  [Number.POSITIVE_INFINITY, 'DOUBLE', 'inf'],
  [Number.NEGATIVE_INFINITY, 'DOUBLE', '-inf'],
  [0n, 'BIGINT', '0'],
  [2n ** 63n - 1n, 'BIGINT', '9223372036854775807'],
  [2n ** 63n, 'HUGEINT', '9223372036854775808'],
  [-(2n ** 127n), 'HUGEINT', '-170141183460469231731687303715884105728'],
  ['', 'VARCHAR', ''],
  [`it's "quoted"; -- not a comment`, 'VARCHAR', `it's "quoted"; -- not a comment`],
  ['before\0after', 'VARCHAR', 'before\0after'],
  ['ünïcödé 🏔\n\t\\', 'VARCHAR', 'ünïcödé 🏔\n\t\\'],
  ['$1', 'VARCHAR', '$1'],
  [new Date(0), 'TIMESTAMP WITH TIME ZONE', '1970-01-01 00:00:00+00'],
  [new Date(-1), 'TIMESTAMP WITH TIME ZONE', '1969-12-31 23:59:59.999+00'],
  [new Date(8.64e15), 'TIMESTAMP WITH TIME ZONE', '275760-09-13 00:00:00+00'],
  [new Uint8Array(), 'BLOB', ''],
  [Uint8Array.of(0, 39, 92, 255), 'BLOB', `\\x00\\x27\\x5C\\xFF`],
];

const unbindable: readonly unknown[] = [
  undefined,
  {},
  [],
  Symbol('x'),
  new Date(Number.NaN),
  2n ** 127n,
  '\ud800',
];

/** Bound values of every allowed type and at the edges; what is no value is refused. */
export function engineValueTests({ test, shared }: EngineTests): void {
  test('binds values with exactly their types', async () => {
    const engine = await shared();
    for (const [bound, type, text] of boundValues) {
      const [row] = await answer(
        engine,
        statement('select typeof(v) as t, v::VARCHAR as s from (select ', value(bound), ' as v)'),
      );
      expectEqual(row, { t: type, s: text }, `the value ${String(bound)}`);
    }
  });

  test('binds equal values as one expression', async () => {
    const engine = await shared();
    const rows = await answer(
      engine,
      statement(
        'select i % ',
        value(2),
        ' as k, count(*)::INTEGER as n from range(5) r(i) group by i % ',
        value(2),
        ' order by k',
      ),
    );
    expectEqual(
      rows,
      [
        { k: 0n, n: 3 },
        { k: 1n, n: 2 },
      ],
      'groups',
    );
  });

  test('binds values where DuckDB wants constants', async () => {
    const engine = await shared();
    const rows = await answer(
      engine,
      statement('select i from range(', value(10), ') r(i) limit ', value(2), ' offset ', value(3)),
    );
    expectEqual(rows, [{ i: 3n }, { i: 4n }], 'rows');
  });

  test('refuses what is no value', async () => {
    const engine = await shared();
    for (const bound of unbindable) {
      await expectCode(
        engine.query(statement('select ', value(bound))),
        'sql_failed',
        `a value of type ${typeof bound}`,
      );
    }
  });

  test('quotes identifiers', async () => {
    const engine = await shared();
    const name = 'it"s; a name';
    const rows = await answer(engine, statement('select 1 as ', { kind: 'identifier', name }));
    expectEqual(rows, [{ [name]: 1 }], 'the column');
  });
}
