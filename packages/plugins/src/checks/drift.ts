/** How much each figure may change, 0.1 being a tenth. */
export interface Tolerances {
  readonly rows?: number | undefined;
  readonly nulls?: number | undefined;
  readonly distinct?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly mean?: number | undefined;
}

/** How much each of all figures may change. */
export type AllTolerances = { readonly [Figure in keyof Tolerances]-?: number };

/** What is known of a column. */
export interface ColumnFigures {
  /** The share of nulls, from 0 to 1. */
  readonly nulls: number;
  /** About how many different values. */
  readonly distinct: number;
  /** Of a numeric column that has a number. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  /** The standard deviation. */
  readonly deviation?: number;
}

/** What is known of a table. */
export interface TableFigures {
  readonly rows: number;
  readonly columns: Readonly<Record<string, ColumnFigures>>;
}

/** A figure that has changed more than it may. */
export interface Drift {
  readonly figure: keyof Tolerances;
  /** Undefined for the table as a whole. */
  readonly column?: string;
  /** 0.5 for half as much more, or less; undefined for a column that is gone. */
  readonly change?: number;
}

/** A column's figures, by what the engine has measured under `<key> <figure>`. */
export function figures(
  measured: Readonly<Record<string, unknown>>,
  key: string,
  rows: number,
): ColumnFigures {
  const value = (figure: string): number | undefined => {
    const found = measured[`${key} ${figure}`];
    return typeof found === 'bigint' || typeof found === 'number' ? Number(found) : undefined;
  };
  const numbers: Record<string, number> = {};
  for (const figure of ['min', 'max', 'mean', 'deviation']) {
    const found = value(figure);
    if (found !== undefined) numbers[figure] = found;
  }
  return {
    nulls: rows === 0 ? 0 : (value('nulls') ?? 0) / rows,
    distinct: value('distinct') ?? 0,
    ...numbers,
  };
}

/** What has changed more than it may, the rows first. */
export function drifts(now: TableFigures, then: TableFigures, tolerances: AllTolerances): Drift[] {
  const found: Drift[] = [];
  const note = (figure: keyof Tolerances, change: number, column?: string): void => {
    // Sums of floating-point numbers differ in their last digits.
    if (change <= tolerances[figure] + 1e-9) return;
    found.push({ figure, change, ...(column === undefined ? {} : { column }) });
  };
  note('rows', ratio(now.rows, then.rows));
  for (const [column, before] of Object.entries(then.columns)) {
    const after = now.columns[column];
    if (after === undefined) {
      found.push({ figure: 'rows', column });
      continue;
    }
    note('nulls', Math.abs(after.nulls - before.nulls), column);
    note('distinct', ratio(after.distinct, before.distinct), column);
    const range = (before.max ?? 0) - (before.min ?? 0);
    const scales = {
      min: range,
      max: range,
      mean: Math.max(Math.abs(before.mean ?? 0), before.deviation ?? 0),
    };
    for (const figure of ['min', 'max', 'mean'] as const) {
      const [one, other] = [after[figure], before[figure]];
      if (one === undefined || other === undefined) continue;
      const scale = scales[figure] > 0 ? scales[figure] : Math.abs(other);
      note(figure, one === other ? 0 : Math.abs(one - other) / scale, column);
    }
  }
  return found;
}

/** By how much one number differs from another, as a share of that. */
function ratio(now: number, then: number): number {
  return now === then ? 0 : Math.abs(now - then) / then;
}
