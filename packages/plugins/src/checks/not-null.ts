import type { Check } from '@cairn/core/plugin';
import { sql } from '@cairn/core/plugin';
import { checkColumn, commonParts, type CheckOptions } from './options.ts';

/**
 * A column has a value in every row.
 *
 * @example
 * step('delayed', sql`...`, { checks: [notNull('origin')] });
 * @throws CairnError `invalid_argument`
 */
export function notNull(column: string, options: CheckOptions = {}): Check {
  checkColumn('notNull', column);
  return Object.freeze({
    type: 'notNull',
    ...commonParts('notNull', `notNull(${column})`, options),
    options: { column },
    says: `'${column}' is null`,
    fails: (context) => sql`${context.column(column)} is null`,
  } satisfies Check);
}
