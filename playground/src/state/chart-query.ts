import type { Column, OpenedTask } from '@cairn/core';
import type { ChartAggregate, ChartSpec } from './chart-spec.ts';
import { columnKind } from './column-kind.ts';
import { quotedName } from './sql-text.ts';

/** A point, a bar or a bin. */
export interface ChartRow {
  /** A text, a number, or milliseconds since the epoch. */
  readonly x: string | number;
  /** Where a bin ends. */
  readonly x2: number | undefined;
  readonly y: number;
  readonly color: string | undefined;
}

/** What is drawn: never more than some thousand rows, whatever the table has. */
export interface ChartData {
  /** What is across. */
  readonly across: 'number' | 'time' | 'name';
  readonly rows: readonly ChartRow[];
  /** Whether each place has one row, so that nothing was made of several. */
  readonly isPlain: boolean;
  /** Names of the colours, those of most rows first. */
  readonly colors: readonly string[];
  /** What is not shown, in words. */
  readonly note: string | undefined;
}

/** Bins of histograms, points of a line, dots, bars, colours: at most. */
const [mostBins, mostPoints, mostDots, mostBars, mostColors] = [40, 500, 3000, 30, 7];

const functions: Readonly<Record<ChartAggregate, string>> = {
  count: 'count',
  sum: 'sum',
  mean: 'avg',
  median: 'median',
  min: 'min',
  max: 'max',
};

/** Computes what a chart shows, in the engine. */
export async function readChart(
  opened: Pick<OpenedTask, 'query'>,
  from: string,
  columns: readonly Column[],
  spec: ChartSpec,
  signal: AbortSignal,
): Promise<ChartData> {
  const ask = async (sql: string): Promise<readonly Row[]> =>
    (await opened.query(sql, { signal })).toArray().map((row: { toJSON(): Row }) => row.toJSON());
  const typeOf = (name: string): string => columns.find((column) => column.name === name)?.type ?? '';
  const xKind = columnKind(typeOf(spec.x));
  const isMeasured = xKind === 'number' || xKind === 'temporal';
  const name = quotedName(spec.x);
  const x =
    xKind === 'temporal'
      ? `epoch_ms(${name}::timestamp)::double`
      : xKind === 'number'
        ? `${name}::double`
        : `coalesce(${name}::varchar, 'null')`;
  const y = spec.y === undefined ? undefined : `${quotedName(spec.y)}::double`;
  const colors = spec.color === undefined ? [] : await colorsOf(ask, from, spec.color);
  const color = spec.color === undefined ? `null` : colorOf(spec.color, colors);
  const rows = `(select ${x} as x, ${y ?? 'null'} as y, ${color} as color ${from})`;
  const there = isMeasured ? 'where isfinite(x)' : '';
  const value = y === undefined || spec.mark === 'histogram' ? 'count(*)' : `${functions[spec.aggregate]}(y)`;
  const across = xKind === 'temporal' ? 'time' : isMeasured ? 'number' : 'name';
  const shown = { across, colors, isPlain: false } as const;

  if (spec.mark === 'dot') {
    const found = await ask(
      `select * from (select * from ${rows} where y is not null ${isMeasured ? 'and isfinite(x)' : ''}) using sample reservoir(${mostDots} rows) repeatable (1)`,
    );
    const [count] = await ask(`select count(*) as n from ${rows} where y is not null`);
    const all = Number(count?.['n']);
    const note =
      all > found.length
        ? `${found.length.toLocaleString('en')} of ${all.toLocaleString('en')} rows, drawn at random`
        : undefined;
    return { ...shown, rows: found.map(pointOf), note };
  }
  if (!isMeasured) {
    const [count] = await ask(`select count(distinct x) as n from ${rows}`);
    const all = Number(count?.['n']);
    const found = await ask(
      `with given as ${rows}, most as (select x, ${value} as v from given group by x order by v desc nulls last, x limit ${mostBars})
      select x, color, ${value} as y, count(*) as n from given where x in (select x from most) group by x, color
      order by (select v from most where most.x = given.x) desc nulls last, x`,
    );
    const note =
      all > mostBars
        ? `The ${mostBars} highest of ${all.toLocaleString('en')} values of ${spec.x}`
        : undefined;
    return { ...shown, isPlain: isPlain(found), rows: found.filter(hasValue).map(pointOf), note };
  }

  const [range] = await ask(
    `select min(x) as low, max(x) as high, approx_count_distinct(x) as n from ${rows} ${there}`,
  );
  const [low, high] = [range?.['low'], range?.['high']];
  if (typeof low !== 'number' || typeof high !== 'number') return { ...shown, rows: [], note: undefined };
  const isBinned = spec.mark === 'histogram' || spec.mark === 'bar';
  if (!isBinned && Number(range?.['n']) <= mostPoints * 1.1) {
    const found = await ask(
      `select x, color, ${value} as y, count(*) as n from ${rows} ${there} group by x, color order by x limit 5000`,
    );
    return {
      ...shown,
      isPlain: isPlain(found),
      rows: found.filter(hasValue).map(pointOf),
      note: undefined,
    };
  }
  const isWhole = /INT/.test(typeOf(spec.x)) && high - low < mostBins;
  const bins = !isBinned ? mostPoints : low === high ? 1 : isWhole ? high - low + 1 : mostBins;
  const width = isWhole || low === high ? 1 : (high - low) / bins;
  // A bar of a whole number stands around it.
  const start = isWhole || low === high ? low - 0.5 : low;
  const found = await ask(
    `select least(floor((x - ${low}) / ${width}), ${bins - 1}) as bin, color, ${value} as y from ${rows} ${there} group by bin, color order by bin`,
  );
  return {
    ...shown,
    rows: found.filter(hasValue).map((row): ChartRow => {
      const at = start + Number(row['bin']) * width;
      const point = pointOf(row);
      return { x: isBinned ? at : at + width / 2, x2: at + width, y: point.y, color: point.color };
    }),
    note: isBinned ? undefined : `Each point stands for a ${mostPoints}th of the range of ${spec.x}`,
  };
}

type Row = Readonly<Record<string, unknown>>;

const isPlain = (rows: readonly Row[]): boolean => rows.every((row) => Number(row['n']) === 1);
const hasValue = (row: Row): boolean => row['y'] !== null;

function pointOf(row: Row): ChartRow {
  const [x, color] = [row['x'], row['color']];
  return {
    x: typeof x === 'string' ? x : Number(x),
    x2: undefined,
    y: Number(row['y']),
    color: typeof color === 'string' ? color : undefined,
  };
}

async function colorsOf(
  ask: (sql: string) => Promise<readonly Row[]>,
  from: string,
  column: string,
): Promise<readonly string[]> {
  const found = await ask(
    `select name, count(*) as n from (select coalesce(${quotedName(column)}::varchar, 'null') as name ${from})
    group by name order by n desc, name limit ${mostColors + 1}`,
  );
  const names = found.map((row) => String(row['name']));
  return names.length > mostColors ? [...names.slice(0, mostColors), 'others'] : names;
}

function colorOf(column: string, colors: readonly string[]): string {
  const name = `coalesce(${quotedName(column)}::varchar, 'null')`;
  if (!colors.includes('others')) return name;
  const list = colors.slice(0, -1).map((one) => `'${one.replaceAll("'", "''")}'`);
  return `case when ${name} in (${list.join(', ')}) then ${name} else 'others' end`;
}
