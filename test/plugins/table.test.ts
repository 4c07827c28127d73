import { createRequire } from 'node:module';
import { createRunner, definePipeline, memoryStore, sink, source, sql, step } from '@cairn/core';
import { createNodeEngine } from '@cairn/node';
import { fromTable, toTable, type TableDelivery } from '@cairn/plugins/table';
import * as arrow from 'apache-arrow';
import { afterAll, describe, expect, test } from 'vitest';
import { contextOf, fails, load, read, throws, viewOf } from './connecting.ts';

/** Another copy of the library, whose classes Cairn's does not know. */
const other = createRequire(import.meta.url)('apache-arrow') as typeof arrow;

const engine = createNodeEngine();
afterAll(() => engine.close());

describe('fromTable', () => {
  const day = new Date('2020-01-02T03:04:05Z');

  test('rows', async () => {
    const connector = fromTable([
      { n: 1, x: 1.5, s: 'é', b: true, at: day, bytes: Uint8Array.of(1), l: [1, null], o: { p: 1n } },
      { n: null, x: 2 },
    ]);
    expect(await read(connector)).toEqual({
      columns:
        'n BIGINT, x DOUBLE, s VARCHAR, b BOOLEAN, at TIMESTAMP WITH TIME ZONE, bytes BLOB, l BIGINT[], o STRUCT(p BIGINT)',
      rows: [
        ['1', '1.5', 'é', 'true', '2020-01-02 03:04:05+00', '\\x01', '[1, NULL]', "{'p': 1}"],
        [null, '2.0', null, null, null, null, null, null],
      ],
    });
    await fails(
      load(fromTable([{ a: 1 }, { a: 'x' }])),
      'invalid_data',
      /fromTable was given rows whose column 'a' mixes/,
    );
    await fails(load(fromTable([])), 'invalid_data', /no rows/);
  });

  test('a Table of this and of another copy, whole and in part', async () => {
    expect(arrow.Table).not.toBe(other.Table);
    const expected = {
      columns: 's VARCHAR, at TIMESTAMP WITH TIME ZONE, l INTEGER[], n BIGINT',
      rows: [
        ['x', '1970-01-01 00:00:00+00', '[1, 2]', '1'],
        [null, null, null, null],
        ['x', '2020-01-02 03:04:05+00', '[]', '3'],
      ],
    };
    for (const library of [arrow, other]) {
      const table = new library.Table({
        // What comes of arrays of texts is a dictionary.
        s: library.vectorFromArray(['x', null, 'x']),
        at: library.vectorFromArray([new Date(0), null, day], new library.TimestampMillisecond('UTC')),
        l: library.vectorFromArray(
          [[1, 2], null, []],
          new library.List(new library.Field('item', new library.Int32(), true)),
        ),
        n: library.vectorFromArray([1n, null, 3n], new library.Int64()),
      });
      expect(await read(fromTable(table))).toEqual(expected);
      expect((await read(fromTable(table.slice(1, 3)))).rows).toEqual(expected.rows.slice(1));
      expect((await read(fromTable(table.concat(table)))).rows).toEqual([...expected.rows, ...expected.rows]);
      expect(await read(fromTable(table.slice(0, 0)))).toEqual({ ...expected, rows: [] });
      expect(await read(fromTable(library.tableToIPC(table)))).toEqual(expected);
    }
  });

  test('it is known again by its content', async () => {
    const identityOf = async (data: Parameters<typeof fromTable>[0]): Promise<string> => {
      const connector = fromTable(data);
      const context = contextOf(connector);
      const identity = await connector.identity(context);
      expect((await connector.read(context)).identity).toBe(identity);
      return identity;
    };
    const rows = [{ a: 1 }];
    expect(await identityOf([{ a: 1 }])).toBe(await identityOf(rows));
    const before = await identityOf(rows);
    (rows[0] as { a: number }).a = 2;
    expect(await identityOf(rows)).not.toBe(before);
  });

  test('what is no table', async () => {
    throws(
      () => fromTable('a,b' as unknown as []),
      /row objects, an Arrow Table or Arrow IPC bytes, and was given a text/,
    );
    await fails(
      load(fromTable(Uint8Array.of(1, 2, 3))),
      'invalid_data',
      /table given to fromTable cannot be read/,
    );
  });
});

describe('toTable', () => {
  test('the app gets the table when the step is committed', async () => {
    const delivered: { rows: unknown; info: TableDelivery }[] = [];
    const connector = toTable({
      onTable: (table, info) => void delivered.push({ rows: table.toArray().map(String), info }),
    });
    const view = await viewOf(sql`select range as n, 'é' as t, 5::hugeint as h from range(3)`);
    const context = contextOf(connector);
    const prepared = await connector.prepare(view, context);
    expect(delivered).toEqual([]);
    const receipt = await connector.commit(prepared, context);
    expect(delivered).toEqual([
      {
        rows: ['{"n": 0, "t": "é", "h": 5}', '{"n": 1, "t": "é", "h": 5}', '{"n": 2, "t": "é", "h": 5}'],
        info: receipt,
      },
    ]);
    expect(receipt).toEqual({ rows: 3, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(await connector.verify(receipt, context)).toBe(false);
  });

  test('what was prepared in another life, or given up, is gone', async () => {
    const connector = toTable({ onTable: () => undefined });
    const context = contextOf(connector);
    const prepared = await connector.prepare(await viewOf(sql`select 1 as a`), context);
    await fails(toTable({ onTable: () => undefined }).commit(prepared, context), 'file_not_found');
    await connector.rollback(prepared, context);
    await connector.rollback(prepared, context);
    await fails(connector.commit(prepared, context), 'file_not_found');
  });

  test('bytes, for any copy of the library', async () => {
    let given = new Uint8Array(0);
    const connector = toTable({ onBytes: (bytes) => void (given = bytes as Uint8Array<ArrayBuffer>) });
    const context = contextOf(connector);
    await connector.commit(
      await connector.prepare(await viewOf(sql`select range as a, [range] as l from range(5000)`), context),
      context,
    );
    expect(other.tableFromIPC(given).numRows).toBe(5000);
    await connector.commit(
      await connector.prepare(await viewOf(sql`select [1] as l where false`), context),
      context,
    );
    expect(await read(fromTable(given))).toEqual({ columns: 'l INTEGER[]', rows: [] });
  });

  test('in every run, and again when the app failed to take it', async () => {
    const seen: number[] = [];
    let isBroken = true;
    const people = source('people', fromTable([{ n: 1 }, { n: 2 }]));
    const doubled = step('doubled', sql`select n * 2 as n from ${people}`);
    const show = sink(
      'show',
      doubled,
      toTable({
        onTable: (table) => {
          if (isBroken) throw new Error('the chart is not there');
          seen.push(table.numRows);
        },
      }),
    );
    const pipeline = definePipeline({ name: 'app', processes: { all: [people, doubled, show] } });
    const store = memoryStore();
    const runner = createRunner({ store, engine: { ...engine, close: () => Promise.resolve() } });
    await expect(runner.run(pipeline)).rejects.toThrow(/the chart is not there/);
    isBroken = false;
    const second = await runner.run(pipeline);
    expect(second.steps.get('doubled')?.outcome).toBe('reused');
    await runner.run(pipeline);
    expect(seen).toEqual([2, 2]);
    await runner.close();
  });

  test('wrong options', () => {
    throws(() => toTable({}), /exactly one of onTable and onBytes, and was given none/);
    throws(() => toTable({ onTable: 'x' as unknown as () => void }), /toTable\.onTable.*a text/);
  });
});
