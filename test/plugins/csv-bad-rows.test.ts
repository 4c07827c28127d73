import { createRunner, definePipeline, memoryStore, source } from '@cairn/core';
import { fromCsv, type FromCsvOptions } from '@cairn/plugins/csv';
import { createNodeEngine } from '@cairn/node';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, contextOf, fails, read, warnings } from './connecting.ts';

type Options = Omit<FromCsvOptions, 'bytes' | 'badRows'>;

const collecting = (text: string, options: Options = {}) =>
  fromCsv({ bytes: bytesOf(text), ...options, badRows: 'collect' });

/** The good rows, and the bad ones as line and reason and text. */
async function sorted(text: string, options: Options = {}) {
  const connector = collecting(text, options);
  const good = await read(connector);
  const bad = await read(connector.rejected);
  expect(bad.columns).toBe('line BIGINT, reason VARCHAR, raw VARCHAR');
  return { ...good, bad: bad.rows };
}

describe('bad rows are collected', () => {
  test('each kind, with its line, why, and what stands there', async () => {
    const text = 'a,b\n1,x\n2,y,z\n3\n4,q"r\n5,"s"t\n6,"u\nv"\n7,w\r\n8,z\n';
    expect(await sorted(text)).toEqual({
      columns: 'a BIGINT, b VARCHAR',
      rows: [
        ['1', 'x'],
        ['6', 'u\nv'],
        ['8', 'z'],
      ],
      bad: [
        ['3', 'the line has 3 fields, and the header has 2', '2,y,z'],
        ['4', 'the line has 1 field, and the header has 2', '3'],
        ['5', 'there is a quote inside a field that does not begin with one', '4,q"r'],
        ['6', 'a quoted field goes on after its closing quote', '5,"s"t'],
        ['9', 'the line ends in CR LF, and the ones before it in LF', '7,w'],
      ],
    });
  });

  test('a quote that is never closed costs its line', async () => {
    expect(await sorted('a,b\n1,x\n2,"y\n3,z\n4,\n')).toEqual({
      columns: 'a BIGINT, b VARCHAR',
      rows: [
        ['1', 'x'],
        ['3', 'z'],
        ['4', null],
      ],
      bad: [['3', 'a quote is opened and never closed', '2,"y']],
    });
  });

  test('bad rows have no say in types', async () => {
    expect((await sorted('a,b\n1,2\nx,y,z\n')).columns).toBe('a BIGINT, b BIGINT');
  });

  test('values that are not of the stated type', async () => {
    const options = {
      columns: { a: 'INTEGER', day: 'DATE', note: 'VARCHAR', n: 'DECIMAL(4,1)' },
      dateFormat: '%d.%m.%Y',
      nullText: 'NA',
    } as const;
    const text =
      'a,day,note,n\n1,31.12.2020,x,1.5\n\nq,31.12.2020,y,1\n2,2020-12-31,"a\nb",1\n3,NA,NA,NA\nr,s\n"NA",NA,"",123456\n';
    expect(await sorted(text, options)).toEqual({
      columns: 'a INTEGER, day DATE, note VARCHAR, n DECIMAL(4,1)',
      rows: [
        ['1', '2020-12-31', 'x', '1.5'],
        ['3', null, null, null],
      ],
      bad: [
        ['4', "column 'a' is INTEGER, and the value is 'q'", 'q,31.12.2020,y,1'],
        ['5', "column 'day' is DATE, and the value is '2020-12-31'", '2,2020-12-31,"a\nb",1'],
        ['8', 'the line has 2 fields, and the header has 4', 'r,s'],
        ['9', "column 'a' is INTEGER, and the value is 'NA'", '"NA",NA,"",123456'],
      ],
    });
  });

  test('none is a table without rows', async () => {
    expect((await sorted('a\n1\n')).bad).toEqual([]);
    expect((await sorted('a\n1\n', { columns: { a: 'INTEGER' } })).bad).toEqual([]);
  });

  test('in files of several pieces', async () => {
    const lines = Array.from({ length: 700_000 }, (_, index) =>
      index % 100_000 === 7 ? `${index},bad,row` : index % 100_000 === 8 ? 'x,1' : `${index},"x,y"`,
    );
    const { rows, bad } = await sorted(`a,b\n${lines.join('\n')}`, { columns: { a: 'INTEGER' } });
    expect(rows).toHaveLength(700_000 - 14);
    expect(rows.at(-1)).toEqual(['699999', 'x,y']);
    expect(bad.map(([line, , raw]) => `${line} ${raw}`)).toEqual(
      Array.from({ length: 7 }, (_, part) => [
        `${part * 100_000 + 9} ${part * 100_000 + 7},bad,row`,
        `${part * 100_000 + 10} x,1`,
      ]).flat(),
    );
  });

  test('a long one is cut between two characters', async () => {
    const { bad } = await sorted(`a,b\n1${'é'.repeat(40_000)}\n`);
    expect(bad[0]?.[2]).toBe(`1${'é'.repeat(32_767)}`);
  });

  test('what is no table fails all the same', async () => {
    await fails(read(collecting('')), 'invalid_data', /there is no header/);
    await fails(read(collecting('a\n"', { header: false })), 'invalid_data', /never closed/).catch(
      () => undefined,
    );
    const latin = fromCsv({ bytes: Uint8Array.of(97, 10, 0xe9, 10), badRows: 'collect' });
    await fails(read(latin), 'invalid_data', /line 2: it is not UTF-8/);
    await fails(
      read(collecting('a\n1\n', { columns: { a: 'INTEGER) is null or (true' } })),
      'invalid_argument',
      /columns.a.*no type/,
    );
  });
});

test('how many were rejected is a warning and the step’s result, and the rest is a table', async () => {
  const runner = createRunner({ engine: createNodeEngine(), store: memoryStore() });
  const orders = collecting('a,b\n1,x\ny,2\n3\n', { columns: { a: 'INTEGER' } });
  const pipeline = definePipeline({
    name: 'orders',
    processes: { main: [source('orders', orders), source('orders_rejected', orders.rejected)] },
  });
  const task = await runner.bind(pipeline, undefined, { correlationId: 'task' });
  const result = await task.execute();
  expect((await result.table('orders')).numRows).toBe(1);
  expect((await result.table('orders_rejected')).toArray().map((row) => row?.toJSON())).toMatchObject([
    { line: 3n, raw: 'y,2' },
    { line: 4n, raw: '3' },
  ]);
  expect(task.stages.get('orders')?.result).toEqual({ rejected: 2 });
  await runner.close();

  warnings.length = 0;
  const given = await orders.read(contextOf(orders));
  given.result?.(1);
  expect(warnings).toEqual(['2 rows were rejected']);
  await given.close?.();
});

test('types: rejected is there only where rows are collected', () => {
  const failing = fromCsv({ bytes: bytesOf('a\n') });
  // @ts-expect-error nothing is rejected
  expect(failing.rejected).toBeUndefined();
});

test('a file fails exactly when it has bad rows, and loses none', async () => {
  const piece = fc.constantFrom('a', ',', ',', '"', '""', '"x"', '\n', '\n', '\r\n', '1', '2', 'é');
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 24 }), async (pieces) => {
      const text = `a,b\n${pieces.join('')}`;
      const options = { columns: { a: 'INTEGER' } };
      const failing = await read(fromCsv({ bytes: bytesOf(text), ...options })).catch(() => undefined);
      const { rows, bad } = await sorted(text, options);
      if (failing === undefined) expect(bad.length).toBeGreaterThan(0);
      else expect({ rows, bad }).toEqual({ rows: failing.rows, bad: [] });
      // Every character that is no line break is in a good row or in a bad one.
      for (const [, , raw] of bad) expect(text).toContain(raw);
    }),
    { numRuns: 150, seed: 11 },
  );
});
