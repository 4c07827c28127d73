import type { BoundSql, Engine } from '../engine/engine.ts';
import { answer, exported, expectSameParts, from, statement, table } from './engine-fixtures.ts';
import type { EngineTests } from './engine-suite.ts';
import { typedValues, type TypedValues } from './engine-types.ts';
import { expectEqual } from './expectation.ts';

/** More than one vector, and nulls that an expression makes, for what lies below a null must not reach the parts. */
function manyRows({ type, values }: TypedValues): string {
  const rows = values
    .map((written, index) => `select ${index} as k, (${written})::${type} as v`)
    .join(' union all ');
  const joined = `range(5000) as r(i) left join (${rows}) on k = (i // 3) % ${values.length}`;
  return /\[\d/.test(type) // DuckDB has no case over arrays
    ? `select i, v from ${joined} and i % 3 <> 1 order by i`
    : `select i, case when i % 3 = 1 then null else v end as v from ${joined} order by i`;
}

async function roundTrip(engine: Engine, query: BoundSql, type: string): Promise<void> {
  const [made, restored] = [table('made'), table('restored')];
  const info = await engine.createTable(made, query);
  expectEqual(info.columns.at(-1)?.type, type, 'the type of the new table');
  const parts = await exported(engine, made);
  expectEqual(
    parts.reduce((sum, part) => sum + part.rows, 0),
    info.rows,
    'the rows of all parts',
  );
  const again = await engine.importParts(
    restored,
    info.columns,
    parts.map((part) => part.bytes),
  );
  expectEqual(again, { ...info, volatileFunctions: [] }, 'what is known of the restored table');
  const different = statement(
    'select a.v::VARCHAR as was, b.v::VARCHAR as is_now from ',
    from(made),
    ' a positional join ',
    from(restored),
    ' b where a.v is distinct from b.v or a.v::VARCHAR is distinct from b.v::VARCHAR limit 3',
  );
  expectEqual(await answer(engine, different), [], 'values that differ after the round trip');
  expectSameParts(await exported(engine, restored), parts, 'exported again');
}

/** Every type, with values, nulls and no rows, through create, export, import and export. */
export function engineTypeTests({ test, shared }: EngineTests): void {
  for (const typed of typedValues) {
    test(`carries ${typed.type}`, async () => {
      const engine = await shared();
      const rows = manyRows(typed);
      await roundTrip(engine, statement(rows), typed.type);
      await roundTrip(engine, statement(`select * from (${rows}) limit 0`), typed.type);
      await roundTrip(engine, statement(`select null::${typed.type} as v from range(3)`), typed.type);
    });
  }

  test('carries every type in one table', async () => {
    const engine = await shared();
    const columns = typedValues.map(
      ({ type, values }, index) => `(${values[0] ?? 'null'})::${type} as c${index}`,
    );
    const nulls = typedValues.map(({ type }) => `null::${type}`);
    await roundTrip(
      engine,
      statement(`select ${columns.join(', ')}, 1 as v union all select ${nulls.join(', ')}, 2`),
      'INTEGER',
    );
  });

  test('answers queries of every type', async () => {
    const engine = await shared();
    for (const { type, values } of typedValues) {
      const rows = values.map((written) => `select (${written})::${type} as v`).join(' union all ');
      const result = await engine.query(statement(`${rows} union all select null`));
      expectEqual(result.numRows, values.length + 1, `rows of ${type}`);
      expectEqual(result.getChildAt(0)?.get(values.length), null, `the null of ${type}`);
    }
  });

  test('answers queries with columns of one name', async () => {
    const engine = await shared();
    const result = await engine.query(statement(`select 1 as a, interval '1 day' as a, 'x' as "A"`));
    expectEqual(
      [0, 1, 2].map((index) => result.getChildAt(index)?.get(0)),
      [1, '1 day', 'x'],
      'the values',
    );
  });
}
