import type { Column, OpenedTask } from '@cairn/core';
import type { Table } from 'apache-arrow';
import { columnKind } from './column-kind.ts';
import { quotedName } from './sql-text.ts';

/** What a column holds, in few numbers. */
export interface ColumnSummary {
  readonly rows: number;
  readonly nulls: number;
  readonly distinct: number;
  /** Whether `distinct` is counted, and not estimated. */
  readonly isExact: boolean;
  /** As the engine writes them; undefined where there is no value. */
  readonly least: string | undefined;
  readonly most: string | undefined;
  readonly mean: number | undefined;
  /** How many values lie in each of so many equal parts of the range; empty for what is no number and no time. */
  readonly bars: readonly number[];
  /** The values that come most often; empty for numbers and times, and where there are too many different ones. */
  readonly top: readonly { readonly text: string; readonly count: number }[];
}

/** Bars of a histogram at most; values in the list of the most frequent; beyond so many different ones there is no such list. */
const [mostBars, mostValues, mostDistinct] = [24, 5, 100_000];
/** In so many rows different values are counted; in more of them, estimated. */
const mostCounted = 200_000;

/** Sums up a column of what `from` gives, in the engine. */
export async function summarizeColumn(
  opened: Pick<OpenedTask, 'query'>,
  from: string,
  column: Column,
  { rows: most, signal }: { readonly rows: number; readonly signal?: AbortSignal },
): Promise<ColumnSummary> {
  const name = quotedName(column.name);
  const ask = async (sql: string): Promise<readonly Row[]> => rowsOf(await opened.query(sql, { signal }));
  const kind = columnKind(column.type);
  const isMeasured = kind === 'number' || kind === 'temporal';
  const number = kind === 'temporal' ? `epoch(${name}::timestamp)` : `${name}::double`;
  const isExact = most <= mostCounted;
  const [facts] = await ask(
    `select count(*) as n, count(${name}) as filled, ${isExact ? 'count(distinct' : 'approx_count_distinct('} ${name}) as d,
      ${isMeasured ? `min(${name})::varchar as least, max(${name})::varchar as most,` : ''}
      ${isMeasured ? `min(cairn_number) as low, max(cairn_number) as high, ${kind === 'number' ? 'avg(cairn_number)' : 'null'} as mean` : '1 as one'}
    from (select ${name}${isMeasured ? `, case when isfinite(${number}) then ${number} end as cairn_number` : ''} ${from})`,
  );
  const [rows, filled] = [Number(facts?.['n']), Number(facts?.['filled'])];
  const summary = {
    rows,
    nulls: rows - filled,
    distinct: Math.min(filled, Number(facts?.['d'])),
    isExact,
    least: textOf(facts?.['least']),
    most: textOf(facts?.['most']),
    mean: typeof facts?.['mean'] === 'number' ? facts['mean'] : undefined,
    bars: [],
    top: [],
  };
  const [low, high] = [facts?.['low'], facts?.['high']];
  if (isMeasured) {
    if (typeof low !== 'number' || typeof high !== 'number') return summary;
    const isWhole = /INT|^DATE$/.test(column.type);
    const span = (high - low) / (column.type === 'DATE' ? 86_400 : 1);
    const count = low === high ? 1 : isWhole ? Math.min(mostBars, span + 1) : mostBars;
    const width = (high - low) / (isWhole && span < mostBars ? count - 1 || 1 : count) || 1;
    const found = await ask(
      `select least(floor((x - ${low}) / ${width}), ${count - 1})::integer as bar, count(*) as n
      from (select ${number} as x ${from}) where isfinite(x) group by bar`,
    );
    const bars = Array.from({ length: count }, () => 0);
    for (const row of found) bars[Number(row['bar'])] = Number(row['n']);
    return { ...summary, bars };
  }
  if (summary.distinct > mostDistinct || kind === 'other') return summary;
  const top = await ask(
    `select value, count(*) as n from (select ${name}::varchar as value ${from}) where value is not null
    group by value order by n desc, value limit ${mostValues}`,
  );
  return {
    ...summary,
    top: top.map((row) => ({ text: String(row['value']), count: Number(row['n']) })),
  };
}

type Row = Readonly<Record<string, unknown>>;

function rowsOf(table: Table): readonly Row[] {
  return table.toArray().map((row: { toJSON(): Row }) => row.toJSON());
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
