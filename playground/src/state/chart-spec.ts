import type { Column } from '@cairn/core';
import { columnKind, type ColumnKind } from './column-kind.ts';

/** How data is drawn. */
export type ChartMark = 'line' | 'area' | 'bar' | 'dot' | 'histogram';

/** What is made of all values at one place. */
export type ChartAggregate = 'count' | 'sum' | 'mean' | 'median' | 'min' | 'max';

/** A chart of a table. */
export interface ChartSpec {
  readonly mark: ChartMark;
  readonly x: string;
  /** Undefined where rows are counted. */
  readonly y: string | undefined;
  readonly color: string | undefined;
  /** Of `y`; means nothing for dots, and where rows are counted. */
  readonly aggregate: ChartAggregate;
}

/** So few rows are a summary already, such as one row for each hour. */
const fewRows = 400;

/** A chart that says something about a table of these columns; undefined when there is nothing to draw. */
export function defaultChart({
  columns,
  rows,
}: {
  readonly columns: readonly Column[];
  readonly rows: number;
}): ChartSpec | undefined {
  const first = (...kinds: readonly ColumnKind[]): string | undefined =>
    columns.find(({ type }) => kinds.includes(columnKind(type)))?.name;
  const numbers = columns.filter(({ type }) => columnKind(type) === 'number').map(({ name }) => name);
  const [number, second] = numbers;
  const [time, name] = [first('temporal'), first('text') ?? first('boolean')];
  const plain = { color: undefined, aggregate: 'mean' } as const;
  if (time !== undefined && number !== undefined) return { ...plain, mark: 'line', x: time, y: number };
  if (time !== undefined) return { ...plain, mark: 'histogram', x: time, y: undefined };
  if (name !== undefined && number !== undefined && (rows <= fewRows || second === undefined))
    return { ...plain, mark: 'bar', x: name, y: number };
  if (number !== undefined && second !== undefined)
    return { ...plain, mark: rows <= fewRows ? 'line' : 'dot', x: number, y: second };
  if (number !== undefined) return { ...plain, mark: 'histogram', x: number, y: undefined };
  return name === undefined ? undefined : { ...plain, mark: 'bar', x: name, y: undefined };
}

/** A chart as far as the columns fit it: what was chosen for a table may be gone from the next one. */
export function fitted(spec: ChartSpec, columns: readonly Column[]): ChartSpec | undefined {
  const kinds = new Map(columns.map(({ name, type }) => [name, columnKind(type)]));
  const x = kinds.get(spec.x);
  if (x === undefined) return undefined;
  const isMeasured = x === 'number' || x === 'temporal';
  const mark = spec.mark === 'histogram' && !isMeasured ? 'bar' : spec.mark;
  const canY = spec.y !== undefined && kinds.get(spec.y) === 'number' && mark !== 'histogram';
  const y = canY
    ? spec.y
    : mark === 'dot'
      ? columns.find(({ name, type }) => name !== spec.x && columnKind(type) === 'number')?.name
      : undefined;
  if (mark === 'dot' && y === undefined)
    return { ...spec, mark: isMeasured ? 'histogram' : 'bar', y: undefined };
  return {
    ...spec,
    mark,
    y,
    color: spec.color !== undefined && kinds.has(spec.color) ? spec.color : undefined,
  };
}

/** What a chart shows, in words. */
export function chartWords(spec: ChartSpec, { isPlain }: { readonly isPlain: boolean }): string {
  const { mark, x, y, color } = spec;
  const by = color === undefined ? '' : `, in colours by ${color}`;
  if (mark === 'histogram') return `Histogram of ${x}${by}`;
  if (mark === 'dot') return `${y} over ${x}, a dot for each row${by}`;
  const marks = { line: 'line', area: 'area', bar: 'bars' } as const;
  const what = y === undefined ? 'Number of rows' : valueWords(spec, isPlain);
  return `${what} by ${x}, as ${marks[mark]}${by}`;
}

/** What is drawn upwards. */
export function valueWords({ mark, y, aggregate }: ChartSpec, isPlain: boolean): string {
  if (mark === 'histogram' || y === undefined) return 'rows';
  return mark === 'dot' || (isPlain && aggregate !== 'count') ? y : `${aggregate} of ${y}`;
}
