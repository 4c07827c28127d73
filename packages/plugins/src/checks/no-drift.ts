import { checkKeys, invalidArgument, sql, type Check, type CheckMetrics, type Sql } from '@cairn/core/plugin';
import {
  drifts,
  figures,
  type AllTolerances,
  type ColumnFigures,
  type Drift,
  type Tolerances,
} from './drift.ts';
import { checkColumn, commonParts, type CheckOptions } from './options.ts';

/** Options of {@link noDrift}. */
export interface DriftOptions extends Omit<CheckOptions, 'keepRows'> {
  /** Which columns to look at. @default all */
  readonly columns?: readonly string[] | undefined;
  /** How much may change, 0.1 being a tenth: for all figures, or for each of some. `Infinity`: as it likes. @default 0.1 */
  readonly tolerance?: number | Tolerances | undefined;
  /** With which runs it is compared: those of the task, or all of the pipeline that are recorded. @default 'task' */
  readonly within?: 'task' | 'pipeline' | undefined;
}

/**
 * The table is much like the one that was kept last. Compared are
 *
 * - `rows`, the number of rows, and of each column `distinct`, about how many different values it has: by their ratio;
 * - of each column `nulls`, the share of nulls: by the difference;
 * - of numeric columns `min` and `max`, by the difference as a share of the range that there was, and `mean`, as a share
 *   of the mean that there was, or of the standard deviation where that is greater.
 *
 * A column that is gone has drifted; one that is new has nothing to be compared with. The first table passes.
 *
 * @throws CairnError `invalid_argument`
 */
export function noDrift({
  columns,
  tolerance = usual,
  within = 'task',
  ...common
}: DriftOptions = {}): Check {
  if (columns !== undefined && !Array.isArray(columns))
    throw invalidArgument('noDrift', "'columns' must be a list of names");
  for (const column of columns ?? []) checkColumn('noDrift', column);
  const tolerances = checkTolerance(tolerance);
  if (within !== 'task' && within !== 'pipeline')
    throw invalidArgument('noDrift', "'within' must be 'task' or 'pipeline'");
  return Object.freeze({
    type: 'noDrift',
    ...commonParts('noDrift', 'noDrift', common),
    options: { columns: columns && [...columns], tolerance: named(tolerances), within },
    measure(context) {
      const wanted: Record<string, Sql> = {};
      const names = columns ?? context.columns.map(({ name }) => name);
      for (const [at, name] of names.entries()) {
        const own = context.column(name);
        const type = context.columns.find((one) => one.name.toLowerCase() === name.toLowerCase())?.type ?? '';
        wanted[`${at} nulls`] = sql`count(*) filter (where ${own} is null)`;
        wanted[`${at} distinct`] = sql`approx_count_distinct(${own})`;
        if (!isNumeric(type)) continue;
        const finite = sql`${own}::double`;
        for (const [figure, aggregate] of Object.entries(aggregates))
          wanted[`${at} ${figure}`] = aggregate(finite);
      }
      return wanted;
    },
    async evaluate({ measured, rows, columns: known, previous }) {
      const names = columns ?? known.map(({ name }) => name);
      const found: Record<string, ColumnFigures> = {};
      for (const [at, name] of names.entries()) found[name] = figures(measured, String(at), rows);
      const metrics: CheckMetrics = { rows, columns: found as never };
      const before = await previous({ within });
      if (before === undefined)
        return { passed: true, metrics, message: 'there is no earlier table to compare with' };
      const then = (before.metrics['columns'] ?? {}) as unknown as Readonly<Record<string, ColumnFigures>>;
      const all = drifts(
        { rows, columns: found },
        // What is not looked at any more has not drifted.
        { rows: before.rows, columns: columns === undefined ? then : pick(then, columns) },
        tolerances,
      );
      if (all.length === 0) return { passed: true, metrics, message: `like that of run ${before.runId}` };
      return { passed: false, metrics, message: `unlike that of run ${before.runId}: ${said(all)}` };
    },
  } satisfies Check);
}

const usual = 0.1;
const figureNames = ['rows', 'nulls', 'distinct', 'min', 'max', 'mean'] as const;

const aggregates = {
  min: (own: Sql) => sql`min(${own}) filter (where isfinite(${own}))`,
  max: (own: Sql) => sql`max(${own}) filter (where isfinite(${own}))`,
  mean: (own: Sql) => sql`avg(${own}) filter (where isfinite(${own}))`,
  deviation: (own: Sql) => sql`stddev_pop(${own}) filter (where isfinite(${own}))`,
};

function isNumeric(type: string): boolean {
  return /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL(?:\(\d+,\d+\))?)$/.test(type);
}

function checkTolerance(tolerance: unknown): AllTolerances {
  const all = Object.fromEntries(figureNames.map((name) => [name, usual]));
  const given =
    typeof tolerance === 'number'
      ? Object.fromEntries(figureNames.map((name) => [name, tolerance]))
      : tolerance;
  checkKeys('noDrift', given, figureNames, 'tolerance');
  for (const [name, value] of Object.entries(given as Tolerances)) {
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0))
      throw invalidArgument('noDrift', `the tolerance of '${name}' must be a number from 0 on`);
    all[name] = value;
  }
  return all as AllTolerances;
}

/** As options hold it: there is no Infinity in them. */
function named(tolerances: AllTolerances): Readonly<Record<string, number | null>> {
  return Object.fromEntries(
    Object.entries(tolerances).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  );
}

function pick(
  all: Readonly<Record<string, ColumnFigures>>,
  names: readonly string[],
): Readonly<Record<string, ColumnFigures>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/** The first few of them. */
function said(all: readonly Drift[]): string {
  const list = all.slice(0, 5).map(({ figure, column, change }) => {
    const of = column === undefined ? figure : `${figure} of '${column}'`;
    return change === undefined ? `'${String(column)}' is gone` : `${of} ${by(change)}`;
  });
  return `${list.join(', ')}${all.length > list.length ? ` and ${all.length - list.length} more` : ''}`;
}

const by = (share: number): string =>
  Number.isFinite(share) ? `by ${Number((share * 100).toPrecision(3))} %` : 'from nothing';
