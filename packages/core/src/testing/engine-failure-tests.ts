import type { Engine } from '../engine/engine.ts';
import { answer, exported, from, statement, table, value } from './engine-fixtures.ts';
import type { EngineTests } from './engine-suite.ts';
import { expectCode, expectEqual, expectThat } from './expectation.ts';

/** Runs for minutes unless it is stopped. */
const endless = 'select count(*) as n from range(1000000) a(i), range(1000000) b(j) where (i * j) % 7 = 3';
/** A cancelled statement ends within a second; more only says that the machine is busy. */
const patience = 5_000;

async function stopped(engine: Engine, start: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const running = start(controller.signal);
  setTimeout(() => controller.abort(), 100);
  const begun = Date.now();
  const error = await expectCode(running, 'canceled', 'an aborted call');
  expectEqual(error.name, 'AbortError', 'the name of the error');
  expectThat(Date.now() - begun < patience, `it took ${Date.now() - begun} ms to stop`);
  const after = Date.now();
  expectEqual((await engine.query(statement('select 1'))).numRows, 1, 'the engine goes on');
  expectThat(Date.now() - after < patience, 'the stopped statement no longer runs');
}

/** What fails or is cancelled: it says why, leaves nothing half done, and the engine goes on. */
export function engineFailureTests({ test, shared }: EngineTests): void {
  test('cancels a query', async () => {
    const engine = await shared();
    await stopped(engine, (signal) => engine.query(statement(endless), { signal }));
  });

  test('cancels the making of a table and leaves the old one', async () => {
    const engine = await shared();
    const target = table('survivor');
    await engine.createTable(target, statement('select 1 as x'));
    await stopped(engine, (signal) =>
      engine.createTable(target, statement(endless, ' and i <> ', value(5)), { signal }),
    );
    expectEqual(await answer(engine, statement('from ', from(target))), [{ x: 1 }], 'the old table');
  });

  test('cancels one statement and not the one beside it', async () => {
    const engine = await shared();
    const other = engine.query(statement('select sum(i)::BIGINT as s from range(20000000) r(i)'));
    await stopped(engine, (signal) => engine.query(statement(endless), { signal }));
    expectEqual((await other).getChildAt(0)?.get(0), 199999990000000n, 'the other answer');
  });

  test('cancels an export and an import', async () => {
    const engine = await shared();
    const source = table('cancelled_export');
    const info = await engine.createTable(
      source,
      statement('select i, md5(i::VARCHAR) as h from range(500000) r(i)'),
    );
    const parts = (await exported(engine, source)).map((part) => part.bytes);
    const controller = new AbortController();
    const reading = async (): Promise<void> => {
      for await (const part of engine.exportParts(source, { signal: controller.signal })) {
        controller.abort('enough');
        void part;
      }
    };
    await expectCode(reading(), 'canceled', 'an aborted export');
    const abort = new AbortController();
    function* given(): Generator<Uint8Array> {
      for (const part of parts) {
        yield part;
        abort.abort();
      }
    }
    const target = table('cancelled_import');
    await expectCode(
      engine.importParts(target, info.columns, given(), { signal: abort.signal }),
      'canceled',
      'an import',
    );
    await expectCode(
      engine.query(statement('from ', from(target))),
      'sql_failed',
      'the table that never came to be',
    );
  });

  test('refuses to begin when the signal is aborted already', async () => {
    const engine = await shared();
    const controller = new AbortController();
    controller.abort('too late');
    await expectCode(
      engine.query(statement('select 1'), { signal: controller.signal }),
      'canceled',
      'a late call',
    );
  });

  test('says what is wrong with a statement, and where', async () => {
    const engine = await shared();
    const failing = statement('select 1,\n  nothing + ', value('a secret'), ' from ', from(table('plain')));
    for (const call of [engine.query(failing), engine.createTable(table('failed'), failing)]) {
      const error = await expectCode(call, 'sql_failed', 'an unknown column');
      expectThat(error.message.includes('nothing'), `the message names the column: ${error.message}`);
      expectEqual(error.details['sql'], 'select 1,\n  nothing + $1 from plain', 'the SQL as it was written');
      expectThat(!error.message.includes('a secret'), 'the message keeps the value to itself');
      expectThat(error.cause instanceof Error, 'the cause is kept');
    }
  });

  test('takes one query at a time and nothing but queries', async () => {
    const engine = await shared();
    const precious = table('precious');
    await engine.createTable(precious, statement('select 1 as x'));
    const refused = [
      statement('select 1; select 2'),
      statement('select 1;'),
      statement('select 1) from cairn; drop table ', from(precious), '; select * from (select 1'),
      statement('insert into ', from(precious), ' values (2)'),
      statement('delete from ', from(precious)),
      statement('drop table ', from(precious)),
      statement('set threads = 2'),
      statement(`copy (select 1) to 'file'`),
      statement(''),
      statement('-- nothing'),
      statement('selec 1'),
      statement(`select 'open`),
      statement('select 1 /* open'),
    ];
    for (const query of refused) {
      await expectCode(engine.query(query), 'sql_failed', `the query ${JSON.stringify(query.parts)}`);
      await expectCode(
        engine.createTable(table('refused'), query),
        'sql_failed',
        `the table of ${JSON.stringify(query.parts)}`,
      );
    }
    expectEqual(
      await answer(engine, statement('from ', from(precious))),
      [{ x: 1 }],
      'what was there before',
    );
  });

  test('notices a statement that fails late', async () => {
    const engine = await shared();
    const late = statement(
      `select case when i > 300000 then error('late') else i::VARCHAR end as x from range(400000) r(i)`,
    );
    await expectCode(engine.query(late), 'sql_failed', 'a query');
    await expectCode(engine.createTable(table('late'), late), 'sql_failed', 'a table');
    await expectCode(
      engine.query(statement('from ', from(table('late')))),
      'sql_failed',
      'the table that never came to be',
    );
  });

  test('hints at a missing extension', async () => {
    const engine = await shared();
    const error = await expectCode(
      engine.query(statement(`select json('{}')`)),
      'sql_failed',
      'a function of an extension',
    );
    expectThat(error.message.includes('Hint:'), `the message has a hint: ${error.message}`);
  });

  test('refuses parts that are none, and goes on', async () => {
    const engine = await shared();
    const source = table('whole');
    const { columns } = await engine.createTable(
      source,
      statement('select i, i::VARCHAR as s, i::HUGEINT as h from range(3000) r(i)'),
    );
    const bytes = (await exported(engine, source))[0]?.bytes ?? new Uint8Array();
    await engine.createTable(table('other'), statement('select 1 as i'));
    const other = (await exported(engine, table('other')))[0]?.bytes ?? new Uint8Array();
    const renamed = columns.map((column, index) => (index === 0 ? { ...column, name: 'j' } : column));
    const retyped = columns.map((column, index) => (index === 0 ? { ...column, type: 'INTEGER' } : column));
    const damaged = bytes.slice();
    damaged.fill(0xff, 24, 48);
    const target = table('target');
    await engine.createTable(target, statement('select 1 as x'));
    const refused: readonly (readonly [string, typeof columns | undefined, readonly Uint8Array[]])[] = [
      ['no parts', columns, []],
      ['an empty part', columns, [new Uint8Array()]],
      ['junk', undefined, [Uint8Array.from({ length: 1000 }, (_, index) => (index * 7919) % 251)]],
      ['text', undefined, [new TextEncoder().encode('a,b\n1,2\n')]],
      ['a truncated part', columns, [bytes.slice(0, bytes.length / 2)]],
      ['a part without its end', columns, [bytes.slice(0, -8)]],
      ['a part with more behind it', columns, [Uint8Array.of(...bytes.slice(-8), ...bytes.slice(-8))]],
      [
        'a file instead of a stream',
        undefined,
        [Uint8Array.of(65, 82, 82, 79, 87, 49, 0, 0, ...bytes.slice(0, 500))],
      ],
      ['a damaged schema', undefined, [damaged]],
      ['another table', columns, [other]],
      ['a second part of another table', columns, [bytes, other]],
      ['a column of another name', renamed, [bytes]],
      ['a column of another type', retyped, [bytes]],
      ['a column too few', columns.slice(1), [bytes]],
    ];
    for (const [what, expected, parts] of refused) {
      await expectCode(engine.importParts(target, expected, parts), 'invalid_data', what);
      if (expected !== undefined) continue;
      const given = parts.map((part) => part.slice());
      const own = engine.importParts(target, undefined, given, { own: true });
      await expectCode(own, 'invalid_data', `${what}, given away`);
    }
    expectEqual(
      await answer(engine, statement('from ', from(target))),
      [{ x: 1 }],
      'the table that stood there before',
    );
    expectEqual((await engine.importParts(target, columns, [bytes])).rows, 3000, 'the whole part');
  });

  test('passes on what the giver of parts throws', async () => {
    const engine = await shared();
    const thrown = new Error('the store is gone');
    const broken = (async function* () {
      yield* [];
      await Promise.reject(thrown);
    })();
    const error = await engine
      .importParts(table('never'), undefined, broken)
      .catch((reason: unknown) => reason);
    expectThat(error === thrown || (error as Error).cause === thrown, 'the error, or its wrapper');
    expectEqual((await engine.query(statement('select 1'))).numRows, 1, 'the engine goes on');
  });

  test('exporting a table that is not there fails', async () => {
    const engine = await shared();
    await expectCode(exported(engine, table('nowhere')), 'engine_failed', 'an unknown table');
  });
}
