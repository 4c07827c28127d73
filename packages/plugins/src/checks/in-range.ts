import { invalidArgument, isParam, isSqlScalar, sql, type Check, type Param } from '@cairn/core/plugin';
import type { CheckValue } from './accepted.ts';
import { checkColumn, commonParts, type CheckOptions } from './options.ts';

/** Options of {@link inRange}: at least one of `min` and `max`. */
export interface RangeOptions extends CheckOptions {
  /** The least value that passes. @default none */
  readonly min?: CheckValue | Param | undefined;
  /** The greatest value that passes. @default none */
  readonly max?: CheckValue | Param | undefined;
}

/**
 * The values of a column are `min` at least and `max` at most. Null passes; NaN, which SQL takes for the greatest number,
 * is above any `max`.
 *
 * @throws CairnError `invalid_argument`
 */
export function inRange(column: string, { min, max, ...common }: RangeOptions): Check {
  checkColumn('inRange', column);
  checkBounds(min, max);
  return Object.freeze({
    type: 'inRange',
    ...commonParts('inRange', `inRange(${column})`, common),
    options: { column, min, max },
    says: `'${column}' is out of range`,
    fails(context) {
      const own = context.column(column);
      const { min: least, max: most } = context.options as { min?: CheckValue; max?: CheckValue };
      checkBounds(least, most);
      const below = least === undefined ? [] : [sql`${own} < ${least}`];
      const above = most === undefined ? [] : [sql`${own} > ${most}`];
      return sql.join([...below, ...above], sql` or `);
    },
  } satisfies Check);
}

function checkBounds(min: unknown, max: unknown): void {
  if (min === undefined && max === undefined) throw invalidArgument('inRange', "needs 'min' or 'max'");
  for (const [name, value] of Object.entries({ min, max })) {
    if (value === undefined || isParam(value)) continue;
    if (value === null || !isSqlScalar(value) || Number.isNaN(value))
      throw invalidArgument('inRange', `'${name}' must be a number, a text, a date or a param`);
  }
  if (typeof min === typeof max && (min as number) > (max as number))
    throw invalidArgument('inRange', "'min' is greater than 'max'");
}
