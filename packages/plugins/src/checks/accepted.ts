import { invalidArgument, isParam, isSqlScalar, sql, type Check, type Param } from '@cairn/core/plugin';
import { checkColumn, commonParts, type CheckOptions } from './options.ts';

/** A value that a column is compared with. */
export type CheckValue = string | number | bigint | boolean | Date;

/**
 * A column has no values but these. Null passes: ask for `notNull` besides where there must be one.
 *
 * @param values A list, or a param that is one.
 * @throws CairnError `invalid_argument`
 */
export function accepted(
  column: string,
  values: readonly (CheckValue | Param)[] | Param,
  options: CheckOptions = {},
): Check {
  checkColumn('accepted', column);
  if (!isParam(values)) checkValues(values);
  return Object.freeze({
    type: 'accepted',
    ...commonParts('accepted', `accepted(${column})`, options),
    options: { column, values: isParam(values) ? values : [...values] },
    says: `'${column}' has another value`,
    fails(context) {
      const list = checkValues(context.options['values']);
      return sql`${context.column(column)} not in (${sql.join(list)})`;
    },
  } satisfies Check);
}

function checkValues(values: unknown): readonly CheckValue[] {
  const fits = (value: unknown): boolean => isParam(value) || (value !== null && isSqlScalar(value));
  if (!Array.isArray(values) || values.length === 0 || !values.every(fits))
    throw invalidArgument('accepted', 'needs a list of one or more values, null not among them');
  return values as CheckValue[];
}
