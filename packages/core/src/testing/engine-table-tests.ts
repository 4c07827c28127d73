import type { BoundSql, TablePiece } from '../engine/engine.ts';
import { CairnError, isCairnError } from '../errors/cairn-error.ts';
import { answer, exported, expectSameParts, from, statement, table, value } from './engine-fixtures.ts';
import type { EngineTests } from './engine-suite.ts';
import { expectCode, expectEqual, expectThat } from './expectation.ts';

const encoder = new TextEncoder();

/** Tables: made, replaced, kept apart, exported in parts, imported, dropped; what a call says about them. */
export function engineTableTests({ test, create, shared }: EngineTests): void {
  test('tells what it is without being started', async () => {
    const engine = await create();
    expectThat(
      engine.identity.name !== '' && engine.identity.version !== '',
      'the identity has a name and a version',
    );
    expectEqual(engine.identity.dialect, 'duckdb', 'the dialect');
    await engine.close();
  });

  test('makes a table and tells its rows and columns', async () => {
    const engine = await shared();
    const info = await engine.createTable(
      table('plain'),
      statement('select i as "Id", i / 2 as half from range(3) r(i)'),
    );
    expectEqual(
      info,
      {
        rows: 3,
        columns: [
          { name: 'Id', type: 'BIGINT', nullable: true },
          { name: 'half', type: 'DOUBLE', nullable: true },
        ],
        volatileFunctions: [],
      },
      'the table',
    );
  });

  test('keeps the order of a union of many parts', async () => {
    const engine = await shared();
    const numbers = [1, 2, 3, 4, 5];
    for (const number of numbers)
      await engine.createTable(table(`part_${number}`), statement(`select ${number} as n from range(2)`));
    const parts = numbers.flatMap((number, index) => [
      index === 0 ? 'select n from ' : ' UNION ALL select n from ',
      from(table(`part_${number}`)),
    ]);
    await engine.createTable(table('union'), statement(...parts, ' -- to the end'));
    const rows = await answer(engine, statement('select n from ', from(table('union'))));
    expectEqual(
      rows.map(({ n }) => Number(n)),
      numbers.flatMap((number) => [number, number]),
      'the rows',
    );
  });

  test('knows a table by its plain name inside a statement', async () => {
    const engine = await shared();
    await engine.createTable(table('named'), statement('select 7 as x'));
    expectEqual(
      await answer(engine, statement('select named.x from ', from(table('named')))),
      [{ x: 7 }],
      'the answer',
    );
  });

  test('calls columns without a name the same in every namespace', async () => {
    const engine = await shared();
    for (const namespace of ['columns', 'Other columns']) {
      const named = from(table('counted', namespace));
      const quoted = from(table('by-"hour"', namespace));
      const one = statement('select 7 as x');
      for (const name of ['counted', 'by-"hour"']) await engine.createTable(table(name, namespace), one);
      const largest = ['(select max(x) from ', named, ')'] as const;
      const info = await engine.createTable(
        table('nameless', namespace),
        statement('select ', ...largest, ', ', ...largest, ', exists(from ', quoted, ' t), x from ', named),
      );
      expectEqual(
        info.columns.map(({ name }) => name),
        [
          '(SELECT max(x) FROM counted)',
          '(SELECT max(x) FROM counted)_1',
          'EXISTS(SELECT * FROM "by-""hour""" AS t)',
          'x',
        ],
        `the columns in '${namespace}'`,
      );
      const parts = await exported(engine, table('nameless', namespace));
      const bytes = parts.map((part) => part.bytes);
      await engine.importParts(table('again', namespace), info.columns, bytes);
      expectSameParts(await exported(engine, table('again', namespace)), parts, namespace);
    }
  });

  test('finds plain names in the namespace of a query, and in no other query', async () => {
    const engine = await shared();
    const query = statement('select x from plain_name');
    for (const [at, namespace] of ['first_names', 'second_names'].entries())
      await engine.createTable(table('plain_name', namespace), statement('select ', value(at + 1), ' as x'));
    const rows = async (namespace: string): Promise<unknown> =>
      (await engine.query(query, { namespace })).toArray().map((row: { x: unknown }) => row.x);
    expectEqual(await rows('first_names'), [1], 'in the first');
    expectEqual(await rows('second_names'), [2], 'in the second');
    await engine.createTable(table('made'), query, { namespace: 'second_names' });
    expectEqual(await answer(engine, statement('from ', from(table('made')))), [{ x: 2 }], 'a table of it');
    await expectCode(engine.query(query), 'sql_failed', 'a query without a namespace');
    await expectCode(engine.query(query, { namespace: 'no_names' }), 'sql_failed', 'an empty namespace');
  });

  test('takes queries of every form', async () => {
    const engine = await shared();
    await engine.createTable(table('forms'), statement('select i, i % 3 as m from range(10) r(i)'));
    const input = from(table('forms'));
    const forms = [
      statement('from ', input),
      statement('values (1, 2)'),
      statement('with a as (select * from ', input, ') select * from a -- the end'),
      statement('select * from ', input, ' order by i desc /* ; */'),
      statement(`select ';' as semicolon`),
      statement('pivot ', input, ' on m using count(*)'),
      statement('unpivot ', input, ' on i, m'),
      statement('table ', input),
      statement('(select 1) union all (select 2)'),
    ];
    for (const form of forms) {
      const { rows } = await engine.createTable(table('form'), form);
      expectEqual((await engine.query(form)).numRows, rows, 'rows of a query and of its table');
    }
  });

  test('names the volatile functions that a query uses', async () => {
    const engine = await shared();
    const functions = ['random', 'sum', 'now', 'current_timestamp', 'no_such_function'];
    const info = await engine.createTable(table('moving'), statement('select random() as x, now() as t'), {
      functions,
    });
    expectEqual(info.volatileFunctions, ['current_timestamp', 'now', 'random'], 'volatile functions');
  });

  test('replaces a table, also by a query that reads it', async () => {
    const engine = await shared();
    const target = table('replaced');
    await engine.createTable(target, statement('select 1 as a'));
    await engine.createTable(target, statement(`select a + 1 as b, 'x' as c from `, from(target)));
    expectEqual(await answer(engine, statement('from ', from(target))), [{ b: 2, c: 'x' }], 'the new table');
  });

  test('keeps namespaces apart', async () => {
    const engine = await shared();
    const [one, two] = [table('same', 'space_1'), table('same', 'space_2')];
    await engine.createTable(one, statement('select 1 as x'));
    await engine.createTable(two, statement('select 2 as x'));
    await engine.dropTable(one);
    expectEqual(await answer(engine, statement('from ', from(two))), [{ x: 2 }], 'the other namespace');
    await expectCode(engine.query(statement('from ', from(one))), 'sql_failed', 'a dropped table');
    await engine.dropTable(one);
    await engine.dropTable(table('never', 'never'));
  });

  test('runs statements side by side, each with its own values', async () => {
    const engine = await shared();
    const sums = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const target = table(`side_${index}`);
        await engine.createTable(
          target,
          statement('select sum(i + ', value(index), ')::BIGINT as s from range(200000) r(i)'),
        );
        return (await answer(engine, statement('from ', from(target))))[0]?.['s'];
      }),
    );
    expectEqual(
      sums,
      Array.from({ length: 8 }, (_, index) => 19999900000n + 200000n * BigInt(index)),
      'the sums',
    );
  });

  test('reads bytes as a file', async () => {
    const engine = await shared();
    // Node's Buffer is such a Uint8Array too.
    class Sharing extends Uint8Array {
      override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
        return this.subarray(start, end);
      }
    }
    const bytes = new Sharing(encoder.encode('a,b\n1,x\n2,"y, z"\n'));
    const query = statement('from read_csv(', { kind: 'file', name: 'given' }, ')');
    const files = { given: { bytes } };
    await engine.createTable(table('csv'), query, { files });
    expectEqual(
      await answer(engine, statement('from ', from(table('csv')))),
      [
        { a: 1n, b: 'x' },
        { a: 2n, b: 'y, z' },
      ],
      'rows',
    );
    expectEqual((await engine.query(query, { files })).numRows, 2, 'the same bytes again');
    expectEqual(bytes.length, 17, 'the bytes still belong to the caller');
    await expectCode(engine.query(query), 'sql_failed', 'a file that was not given');
  });

  test('exports a large table in parts of about 16 MiB, cut the same each time', async () => {
    const engine = await shared();
    const query = statement(`select i, md5(i::VARCHAR) as h, i % 7 as rowid from range(900000) r(i)`);
    const [first, second] = [table('large_1'), table('large_2')];
    const info = await engine.createTable(first, query);
    const parts = await exported(engine, first);
    expectThat(parts.length > 1, 'there are several parts');
    for (const part of parts.slice(0, -1)) {
      expectThat(
        part.bytes.length > 16e6 && part.bytes.length < 18e6,
        `a part has ${part.bytes.length} bytes`,
      );
      expectEqual(part.rows % 2048, 0, 'a part ends with a whole vector');
    }
    await engine.importParts(
      second,
      info.columns,
      parts.map((part) => part.bytes),
    );
    expectSameParts(await exported(engine, second), parts, 'the restored table');
    const [row] = await answer(
      engine,
      statement(
        'select count(*)::INTEGER as n from ',
        from(first),
        ' a positional join ',
        from(second),
        ' b where a.i = b.i and a.h = b.h and a.rowid = b.rowid',
      ),
    );
    expectEqual(row, { n: 900000 }, 'equal rows');
  });

  test('takes parts that become its own', async () => {
    const engine = await shared();
    const [given, made] = [table('given'), table('taken')];
    const info = await engine.createTable(
      given,
      statement('select i, i::VARCHAR as s from range(5000) r(i)'),
    );
    const parts = await exported(engine, given);
    const own = parts.map((part) => part.bytes.slice());
    expectEqual((await engine.importParts(made, info.columns, own, { own: true })).rows, 5000, 'rows');
    expectSameParts(await exported(engine, made), parts, 'the restored table');
    const foreign = parts.map((part) => part.bytes.slice());
    await engine.importParts(made, undefined, foreign, { own: true });
    expectSameParts(await exported(engine, made), parts, 'the table of parts from elsewhere');
  });

  test('exports an empty table as one part', async () => {
    const engine = await shared();
    await engine.createTable(table('empty'), statement('select 1 as a where false'));
    const parts = await exported(engine, table('empty'));
    expectEqual(
      parts.map((part) => part.rows),
      [0],
      'rows of each part',
    );
  });

  test('stops exporting when the reader does', async () => {
    const engine = await shared();
    for await (const part of engine.exportParts(table('large_1'))) {
      expectThat(part.rows > 0, 'the first part has rows');
      break;
    }
    expectEqual((await engine.query(statement('select 1'))).numRows, 1, 'the engine goes on');
  });

  test('imports streams from elsewhere, laid out as if it had made the table itself', async () => {
    const engine = await shared();
    const { tableFromArrays, tableToIPC } = await import('apache-arrow');
    const streams = [100, 3000, 1].map((length, part) =>
      tableToIPC(
        tableFromArrays({
          n: Int32Array.from({ length }, (_, index) => index),
          s: Array.from({ length }, (_, index) => `text ${part} ${index % 10}`),
        }),
        'stream',
      ),
    );
    const [foreign, own] = [table('foreign'), table('own')];
    const info = await engine.importParts(foreign, undefined, streams);
    expectEqual(
      [info.rows, info.columns.map((column) => column.type)],
      [3101, ['INTEGER', 'VARCHAR']],
      'the table',
    );
    const parts = await exported(engine, foreign);
    await engine.importParts(
      own,
      info.columns,
      parts.map((part) => part.bytes),
    );
    expectSameParts(await exported(engine, own), parts, 'exported again');
  });

  test('makes a table of several queries, the same in everything as of one', async () => {
    const engine = await shared();
    const rowsOf = (from: number, to: number): BoundSql =>
      statement(
        `select i, md5(i::VARCHAR) as h, case when i % 3 = 0 then null else i % 7 end as m from range(${from}, ${to}) r(i)`,
      );
    async function* pieces(...ends: number[]): AsyncGenerator<TablePiece> {
      let from = 0;
      for (const to of ends) {
        yield { query: rowsOf(from, to) };
        from = to;
      }
    }
    const order = statement(
      'select a.m, count(*) as n from ',
      from(table('pieced')),
      ' a join ',
      from(table('pieced')),
      ' b on a.i = b.m group by a.m',
    );
    const info = await engine.createTable(table('pieced'), rowsOf(0, 300_000));
    const [parts, ordered] = [await exported(engine, table('pieced')), await answer(engine, order)];
    for (const ends of [[300_000], [122_880, 204_800, 204_800, 300_000], [0, 5, 130_000, 130_001, 300_000]]) {
      expectEqual(
        await engine.createTableOf(table('pieced'), pieces(...ends)),
        info,
        `columns and rows, cut at ${ends}`,
      );
      expectSameParts(await exported(engine, table('pieced')), parts, `the table cut at ${ends}`);
      expectEqual(await answer(engine, order), ordered, `the order of a join, cut at ${ends}`);
    }
  });

  test('a table of several queries is there whole or not at all, and its pieces are taken one at a time', async () => {
    const engine = await shared();
    const encode = (text: string): Uint8Array => encoder.encode(text);
    const query = statement(
      'select * from read_csv(',
      { kind: 'file', name: 'given' },
      ", columns = {'a': 'INTEGER'}, header = false, auto_detect = false)",
    );
    let [taken, letGo] = [0, 0];
    async function* pieces(...texts: (string | Error)[]): AsyncGenerator<TablePiece> {
      try {
        for (const text of texts) {
          taken += 1;
          if (typeof text !== 'string') throw text;
          yield { query, files: { given: { bytes: encode(text) } } };
        }
      } finally {
        letGo += 1;
      }
    }
    const target = table('whole');
    await engine.createTableOf(target, pieces('1\n', '2\n3\n'));
    const kept = [{ a: 1 }, { a: 2 }, { a: 3 }];
    expectEqual(await answer(engine, statement('from ', from(target))), kept, 'the table');
    await expectCode(
      engine.createTableOf(target, pieces('4\n', 'x\n', '5\n', '6\n')),
      'sql_failed',
      'a bad piece',
    );
    expectEqual(taken, 2 + 3, 'nothing is taken long after a failure');
    await expectCode(engine.createTableOf(target, pieces()), 'invalid_data', 'no pieces');
    await expectCode(
      engine.createTableOf(target, pieces('4\n', new CairnError('invalid_data', 'the file ends here'))),
      'invalid_data',
      'what the pieces throw',
    );
    const controller = new AbortController();
    async function* canceled(): AsyncGenerator<TablePiece> {
      yield* pieces('4\n', '5\n');
      controller.abort(new CairnError('canceled', 'enough'));
      yield* pieces('6\n');
    }
    await expectCode(
      engine.createTableOf(target, canceled(), { signal: controller.signal }),
      'canceled',
      'a cancelled call',
    );
    expectEqual(letGo, 6, 'every iteration has ended');
    expectEqual(await answer(engine, statement('from ', from(target))), kept, 'the table that was there');
  });

  test('two engines know nothing of each other', async () => {
    const [one, other] = [await shared(), await create()];
    await one.createTable(table('private'), statement('select 1 as x'));
    const failure = await other
      .query(statement('from ', from(table('private'))))
      .catch((error: unknown) => error);
    await other.close();
    expectThat(isCairnError(failure, 'sql_failed'), 'the table is not in the other engine');
  });
}
