import { invalidArgument, isParam, sql, type Check, type Param } from '@cairn/core/plugin';
import { checkColumn, commonParts, type CheckOptions } from './options.ts';

/** Options of {@link freshness}. */
export interface FreshnessOptions extends Omit<CheckOptions, 'keepRows'> {
  /** How old the newest row may be, in milliseconds. */
  readonly maxAge: number | Param;
}

/**
 * The newest time in a column (DATE, TIMESTAMP, or with a time zone; without one it counts as UTC) is no older than
 * `maxAge`. A table without any time fails. When the step is reused the time that was found is looked at again, so that a
 * table grows stale without being read.
 *
 * @throws CairnError `invalid_argument`
 */
export function freshness(column: string, { maxAge, ...common }: FreshnessOptions): Check {
  checkColumn('freshness', column);
  if (!isParam(maxAge)) checkAge(maxAge);
  return Object.freeze({
    type: 'freshness',
    ...commonParts('freshness', `freshness(${column})`, common),
    options: { column, maxAge },
    measure(context) {
      const own = context.column(column);
      const type =
        context.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase())?.type ?? '';
      if (!/^(?:DATE|TIMESTAMP)/.test(type))
        throw invalidArgument('freshness', `the column '${column}' is of type ${type}, which is no time`);
      const newest = type === 'TIMESTAMP WITH TIME ZONE' ? sql`max(${own})` : sql`max(${own})::timestamp`;
      return { newest: sql`epoch_ms(${newest})::double` };
    },
    evaluate({ measured, options, now }) {
      const { newest } = measured;
      if (typeof newest !== 'number') return { passed: false, message: `'${column}' has no time in any row` };
      const age = now() - newest;
      const limit = checkAge(options['maxAge']);
      const metrics = { newest: new Date(newest).toISOString() };
      if (age <= limit) return { passed: true, metrics };
      const message = `the newest '${column}' is ${duration(age)} old, and may be ${duration(limit)}`;
      return { passed: false, message, metrics };
    },
    holds: ({ newest }, { options, now }) =>
      now() - Date.parse(String(newest)) <= checkAge(options['maxAge']),
  } satisfies Check);
}

function checkAge(maxAge: unknown): number {
  if (typeof maxAge === 'number' && maxAge > 0) return maxAge;
  throw invalidArgument('freshness', "'maxAge' must be a number of milliseconds, more than 0");
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** The two units that say most: `3 d 4 h`. */
function duration(ms: number): string {
  const first = units.findIndex(([, size]) => ms >= size);
  if (first === -1) return `${Math.round(ms)} ms`;
  let left = ms;
  const said: string[] = [];
  for (const [unit, size] of units.slice(first, first + 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) said.push(`${count} ${unit}`);
  }
  return said.join(' ');
}
