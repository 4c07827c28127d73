import { invalidArgument, isTableStep, sql, type Check, type TableStep } from '@cairn/core/plugin';
import { checkColumn, commonParts, type CheckOptions } from './options.ts';

/**
 * Every value of a column is there in a column of another step's table. Null passes.
 *
 * The other step is done before this one. Its table is in no fingerprint: when it has changed, the stored table of this
 * step is checked again, and the step itself does not run for it.
 *
 * @throws CairnError `invalid_argument`
 */
export function references(
  column: string,
  other: TableStep,
  otherColumn: string,
  options: CheckOptions = {},
): Check {
  checkColumn('references', column);
  if (!isTableStep(other)) throw invalidArgument('references', 'needs a step with a table after the column');
  checkColumn('references', otherColumn);
  return Object.freeze({
    type: 'references',
    ...commonParts('references', `references(${column}, ${other.name}.${otherColumn})`, options),
    options: { column, step: other.name, otherColumn },
    inputs: [other],
    says: `'${column}' is not in '${otherColumn}' of '${other.name}'`,
    failing({ table, column: own }) {
      const key = own(column);
      return sql`select rows_.* from ${table} as rows_ anti join ${other} as other_
        on rows_.${key} = other_.${sql.id(otherColumn)} where rows_.${key} is not null`;
    },
  } satisfies Check);
}
