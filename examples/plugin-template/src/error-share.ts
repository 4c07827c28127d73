import { sql, type Check } from '@cairn/core/plugin';
import * as v from 'valibot';

export const errorShareOptions = v.strictObject({
  /** From 0 to 1. */
  max: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  /** Which column has the status. */
  column: v.optional(v.pipe(v.string(), v.nonEmpty()), 'status'),
});

type Options = v.InferOutput<typeof errorShareOptions>;

export function makeErrorShare({ max, column }: Options): Check {
  return {
    type: 'errorShare',
    name: `errorShare(${column})`,
    options: { max, column },
    // Counted along with what other checks of the step want to know, in one pass over the table.
    measure: (context) => ({ errors: sql`count(*) filter (where ${context.column(column)} >= 500)` }),
    evaluate({ measured, rows, table, column: columnOf }) {
      const errors = Number(measured['errors']);
      const share = rows === 0 ? 0 : errors / rows;
      return {
        passed: share <= max,
        failing: errors,
        message: `${errors} of ${rows} requests failed`,
        metrics: { share },
        failingRows: sql`select * from ${table} where ${columnOf(column)} >= 500`,
      };
    },
  };
}
