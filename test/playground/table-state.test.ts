import { definePipeline, memoryStore, sql, step, type OpenedTask } from '@cairn/core';
import { createNodeEngine, createNodeRunner } from '@cairn/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cellAt } from '../../playground/src/state/cell-text.js';
import { readChart } from '../../playground/src/state/chart-query.js';
import { chartWords, defaultChart, fitted, type ChartSpec } from '../../playground/src/state/chart-spec.js';
import { copiedText } from '../../playground/src/state/copy-cells.js';
import { createGrid, type TableGrid } from '../../playground/src/state/table-grid.js';
import { conditionOf, wholeTable } from '../../playground/src/state/table-query.js';
import { moveCursor } from '../../playground/src/views/tables/grid-cursor.js';
import {
  rowHeight,
  rowsAt,
  scrollAt,
  topAt,
  trackHeight,
} from '../../playground/src/views/tables/row-scroll.js';
import { once } from './node-world.js';

const engine = createNodeEngine();
const runner = createNodeRunner({ store: memoryStore(), engine });
const pipeline = definePipeline({
  name: 'tables',
  processes: {
    main: [
      step(
        'rows',
        sql`select i::integer as i, (i * 37 % 1000)::integer as k, 'name ' || (i % 7) as name,
          date '2020-01-01' + (i % 10)::integer as day, case when i % 4 = 0 then i / 8 end as part
          from range(20000) r(i)`,
      ),
      step('odd', sql`select i as rowid, -i as "a ""b""", i % 3 as x from range(1000) r(i)`),
      step(
        'kinds',
        sql`select 1::tinyint as small, 12345678901234567890::hugeint as large, 1.50::decimal(9,2) as price, -0.05::decimal(9,2) as less,
          0.1::float as single, 1e300 as double, true as yes, '' as nothing, date '1969-12-31' as day,
          timestamp '2024-02-29 23:59:59.999999' as at, timestamptz '2024-02-29 12:00:00+00' as zoned, time '01:02:03.5' as clock,
          interval 1 month as span, '\\xFF\\x00'::blob as bytes, [1, null] as list,
          {'a': 'x"y', 'b': [date '2020-01-01'], 'c': 9007199254740993} as nested, map {'k': 1.5} as pairs, null::integer as none,
          'infinity'::timestamp as forever, 'nan'::double as nan`,
      ),
    ],
  },
});
let opened: OpenedTask;
beforeAll(async () => {
  await runner.run(pipeline, undefined, { correlationId: 'job' });
  opened = await runner.open('job');
});
afterAll(() => runner.close());

function gridOf(name: string): TableGrid {
  const { columns, rows } = opened.steps.get(name) ?? { columns: [], rows: 0 };
  return createGrid({ opened, table: name, columns, rows, isStored: true });
}

/** The texts of a row, once they are there. */
async function rowAt(grid: TableGrid, row: number): Promise<readonly (string | undefined)[]> {
  grid.pages.want(row, row + 1);
  await once(grid.pages.version, () => grid.pages.cell(row, 0) !== undefined);
  return grid.table.columns.map((_, column) => grid.pages.cell(row, column)?.text);
}

const settled = (grid: TableGrid): Promise<{ readonly rows: number; readonly error: unknown }> =>
  once(grid.state, ({ isWorking }) => !isWorking);

test('each type is shown as what it is', async () => {
  const table = await opened.query('from kinds');
  const shown = Object.fromEntries(
    table.schema.fields.map(({ name }, at) => {
      const column = table.getChildAt(at);
      return [name, column === null ? undefined : Object.values(cellAt(column, 0))];
    }),
  );
  expect(shown).toEqual({
    small: ['1', 'number'],
    large: ['12345678901234567890', 'number'],
    price: ['1.50', 'number'],
    less: ['-0.05', 'number'],
    single: ['0.1', 'number'],
    double: ['1e+300', 'number'],
    yes: ['true', 'boolean'],
    nothing: ['', 'text'],
    day: ['1969-12-31', 'temporal'],
    at: ['2024-02-29 23:59:59.999999', 'temporal'],
    zoned: ['2024-02-29 12:00:00+00', 'temporal'],
    clock: ['01:02:03.5', 'temporal'],
    span: ['1 month', 'text'],
    bytes: ['ff00', 'text'],
    list: ['[1,null]', 'nested'],
    nested: [String.raw`{"a":"x\"y","b":["2020-01-01"],"c":9007199254740993}`, 'nested'],
    pairs: ['{"k":1.5}', 'nested'],
    none: ['null', 'null'],
    forever: ['beyond range', 'temporal'],
    nan: ['NaN', 'number'],
  });
});

describe('a grid', () => {
  test('reads the rows that are wanted, also the last ones', async () => {
    const grid = gridOf('rows');
    expect((await rowAt(grid, 0)).slice(0, 2)).toEqual(['0', '0']);
    expect((await rowAt(grid, 19_999)).slice(0, 3)).toEqual(['19999', '963', 'name 0']);
    expect(grid.pages.cell(10_000, 0)).toBeUndefined();
    grid.close();
  });

  test('sorts with nulls last in both directions, and rows that are the same stay in their order', async () => {
    const grid = gridOf('rows');
    grid.look({ sort: { column: 'part', descending: true } });
    await settled(grid);
    expect((await rowAt(grid, 0)).slice(0, 1)).toEqual(['19996']);
    expect(await rowAt(grid, 5000)).toMatchObject(['1', '37', 'name 1', '2020-01-02', 'null']);
    grid.look({ sort: { column: 'name', descending: false } });
    await settled(grid);
    expect((await rowAt(grid, 1)).slice(0, 1)).toEqual(['7']);
    grid.look({ sort: undefined });
    await settled(grid);
    expect((await rowAt(grid, 1)).slice(0, 1)).toEqual(['1']);
    grid.close();
  });

  test('filters by column and by a condition of the user, and sums up what is left', async () => {
    const grid = gridOf('rows');
    grid.look({
      filters: { name: { kind: 'contains', text: 'E 3' }, i: { kind: 'range', least: '100', most: '' } },
      where: 'k < 500 -- only these',
    });
    const { rows } = await settled(grid);
    const [counted] = (
      await opened.query(
        "select count(*)::integer as n from rows where name = 'name 3' and i >= 100 and k < 500",
      )
    ).toArray() as readonly { readonly n: number }[];
    expect(rows).toBe(counted?.n);
    grid.summarize('k');
    grid.summarize('name');
    const sums = await once(
      grid.summaries,
      (all) => all.get('k')?.status === 'known' && all.get('name')?.status === 'known',
    );
    expect(sums.get('name')).toMatchObject({ summary: { rows, top: [{ text: 'name 3', count: rows }] } });
    const known = sums.get('k');
    const bars = known?.status === 'known' ? known.summary.bars : [];
    expect(bars.length).toBe(24);
    expect(bars.reduce((sum, bar) => sum + bar, 0)).toBe(rows);
    grid.look({ filters: { part: { kind: 'null' } }, where: '' });
    expect((await settled(grid)).rows).toBe(15_000);
    grid.close();
  });

  test('tells what is wrong with a condition, and goes on with the rows that it had', async () => {
    const grid = gridOf('rows');
    grid.look({ where: 'kk > 1' });
    expect(await settled(grid)).toMatchObject({ rows: 20_000, error: { code: 'sql_failed' } });
    grid.look({ where: '', filters: { i: { kind: 'equals', text: 'many' } } });
    const { error } = grid.state.getSnapshot().isWorking ? await settled(grid) : grid.state.getSnapshot();
    expect((error as { readonly message: string }).message).toContain('many');
    expect((await rowAt(grid, 3)).slice(0, 1)).toEqual(['3']);
    grid.close();
  });

  test('finds its rows where a column has the name of their place, and quotes names', async () => {
    const grid = gridOf('odd');
    expect(await rowAt(grid, 999)).toEqual(['999', '-999', '0']);
    grid.look({ sort: { column: 'a "b"', descending: false } });
    await settled(grid);
    expect(await rowAt(grid, 0)).toEqual(['999', '-999', '0']);
    expect((await opened.query(grid.query())).schema.fields.map(({ name }) => name)).toEqual([
      'rowid',
      'a "b"',
      'x',
    ]);
    grid.summarize('x');
    const sums = await once(grid.summaries, (all) => all.get('x')?.status !== 'working');
    expect(sums.get('x')).toMatchObject({ summary: { bars: [334, 333, 333] } });
    grid.close();
  });

  test('a summary of few whole numbers and days has a bar for each', async () => {
    const grid = gridOf('rows');
    grid.summarize('day');
    grid.summarize('part');
    const sums = await once(grid.summaries, (all) => all.get('part')?.status === 'known');
    expect(sums.get('day')).toMatchObject({
      summary: {
        least: '2020-01-01',
        most: '2020-01-10',
        distinct: 10,
        bars: Array.from({ length: 10 }, () => 2000),
      },
    });
    expect(sums.get('part')).toMatchObject({ summary: { nulls: 15_000, mean: 1249.75 } });
    grid.close();
  });

  test('copies a rectangle for spreadsheets', async () => {
    const grid = gridOf('rows');
    const text = await copiedText(grid, { fromRow: 0, toRow: 1, fromColumn: 2, toColumn: 4 });
    expect(text).toBe('name 0\t2020-01-01\t0\nname 1\t2020-01-02\t');
    grid.close();
  });
});

test('what a filter says is quoted', () => {
  const columns = [{ name: 'it"s', type: 'VARCHAR', nullable: true }];
  const filters = { 'it"s': { kind: 'equals', text: "o'clock" } } as const;
  expect(conditionOf({ ...wholeTable, filters }, columns)).toBe(`"it""s" = 'o''clock'`);
});

describe('scrolling', () => {
  const space = { rows: 5_000_000, viewport: 400 };

  test('reaches every row of more than an element can hold', () => {
    const most = trackHeight(space) - space.viewport;
    expect(rowsAt(topAt(0, space), space)[0]).toBe(0);
    expect(rowsAt(topAt(most, space), space)[1]).toBe(space.rows);
    expect(scrollAt(topAt(most / 3, space), space)).toBeCloseTo(most / 3, 5);
    expect(trackHeight(space)).toBeLessThan(10_000_000);
  });

  test('of few rows is by pixels', () => {
    const few = { rows: 1000, viewport: 400 };
    expect(topAt(123, few)).toBe(123);
    expect(rowsAt(rowHeight * 10, few)[0]).toBe(10);
    expect(rowsAt(0, { rows: 3, viewport: 400 })).toEqual([0, 3]);
  });
});

test('keys move the cursor as in the grid of the ARIA practices', () => {
  const size = { rows: 1_000_000, columns: 4, page: 10 };
  const start = { row: 0, column: 0 };
  let cursor = { ...start, anchor: start };
  const press = (key: string, held: { shiftKey?: boolean; isMod?: boolean } = {}): readonly number[] => {
    cursor = moveCursor(cursor, { key, shiftKey: false, isMod: false, ...held }, size) ?? cursor;
    return [cursor.row, cursor.column];
  };
  expect(press('End', { isMod: true })).toEqual([999_999, 3]);
  expect(press('ArrowDown')).toEqual([999_999, 3]);
  expect(press('PageUp')).toEqual([999_989, 3]);
  expect(press('Home')).toEqual([999_989, 0]);
  expect(press('Home', { isMod: true })).toEqual([0, 0]);
  expect(press('ArrowUp')).toEqual([-1, 0]);
  expect(press('ArrowDown')).toEqual([0, 0]);
  press('ArrowRight', { shiftKey: true });
  press('PageDown', { shiftKey: true });
  expect(cursor).toEqual({ row: 10, column: 1, anchor: start });
});

describe('a chart', () => {
  const columnsOf = (
    name: string,
  ): OpenedTask['steps'] extends ReadonlyMap<string, infer Table> ? Table : never => {
    const table = opened.steps.get(name);
    if (table === undefined) throw new Error(name);
    return table;
  };
  const read = (spec: ChartSpec): ReturnType<typeof readChart> =>
    readChart(opened, 'from rows', columnsOf('rows').columns, spec, new AbortController().signal);
  const plain = { color: undefined, aggregate: 'mean' } as const;

  test('begins as its columns suggest', () => {
    expect(defaultChart(columnsOf('rows'))).toEqual({ ...plain, mark: 'line', x: 'day', y: 'i' });
    const column = (name: string, type: string) => ({ name, type, nullable: true });
    const of = (rows: number, ...columns: ReturnType<typeof column>[]): ChartSpec | undefined =>
      defaultChart({ rows, columns });
    expect(of(9, column('s', 'VARCHAR'), column('n', 'DOUBLE'))).toMatchObject({
      mark: 'bar',
      x: 's',
      y: 'n',
    });
    expect(of(9e5, column('n', 'DOUBLE'), column('m', 'BIGINT'))).toMatchObject({ mark: 'dot' });
    expect(of(9e5, column('n', 'DOUBLE'))).toMatchObject({ mark: 'histogram', x: 'n', y: undefined });
    expect(of(9, column('l', 'INTEGER[]'))).toBeUndefined();
  });

  test('keeps to what its columns are', () => {
    const { columns } = columnsOf('rows');
    expect(fitted({ ...plain, mark: 'histogram', x: 'name', y: 'i' }, columns)?.mark).toBe('bar');
    expect(fitted({ ...plain, mark: 'dot', x: 'k', y: undefined }, columns)?.y).toBe('i');
    expect(fitted({ ...plain, mark: 'bar', x: 'gone', y: 'i' }, columns)).toBeUndefined();
  });

  test('aggregates in the engine', async () => {
    const line = await read({ ...plain, mark: 'line', x: 'day', y: 'i' });
    expect(line.rows.length).toBe(10);
    expect(line.rows[1]).toMatchObject({ x: Date.UTC(2020, 0, 2), y: 9996 });
    const bars = await read({ ...plain, mark: 'bar', x: 'name', y: undefined, color: 'day' });
    expect(bars.rows.reduce((sum, { y }) => sum + y, 0)).toBe(20_000);
    expect(bars.colors.length).toBe(8);
    expect(bars.colors.at(-1)).toBe('others');
    const bins = await read({ ...plain, mark: 'histogram', x: 'i', y: undefined });
    expect(bins.rows.map(({ y }) => y)).toEqual(Array.from({ length: 40 }, () => 500));
  });

  test('never draws more than some thousand rows', async () => {
    const dots = await read({ ...plain, mark: 'dot', x: 'i', y: 'k' });
    expect(dots.rows.length).toBe(3000);
    expect(dots.note).toBe('3,000 of 20,000 rows, drawn at random');
    const line = await read({ ...plain, mark: 'line', x: 'i', y: 'k', color: 'name' });
    expect(line.rows.length).toBeLessThanOrEqual(500 * 8);
    const bars = await read({ ...plain, mark: 'bar', x: 'k', y: 'i' });
    expect(bars.rows.length).toBe(40);
  });

  test('is told in words', () => {
    const spec: ChartSpec = { ...plain, mark: 'line', x: 'day', y: 'i' };
    expect(chartWords(spec, { isPlain: false })).toBe('mean of i by day, as line');
    expect(chartWords({ ...spec, color: 'k' }, { isPlain: true })).toBe('i by day, as line, in colours by k');
  });
});
