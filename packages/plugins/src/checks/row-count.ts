import { checkCount, invalidArgument, type Check } from '@cairn/core/plugin';
import { commonParts, type CheckOptions } from './options.ts';

/** Options of {@link rowCount}: `exactly`, or at least one of `min` and `max`. */
export interface RowCountOptions extends Omit<CheckOptions, 'keepRows'> {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly exactly?: number | undefined;
}

/** The table has so many rows. Nothing is read for it. @throws CairnError `invalid_argument` */
export function rowCount({ min, max, exactly, ...common }: RowCountOptions): Check {
  for (const [name, value] of Object.entries({ min, max, exactly }))
    if (value !== undefined) checkCount('rowCount', `'${name}'`, value, 0);
  const bounds = min !== undefined || max !== undefined;
  if (bounds === (exactly !== undefined))
    throw invalidArgument('rowCount', "needs 'exactly', or 'min' or 'max' or both");
  const [least, most] = [exactly ?? min ?? 0, exactly ?? max ?? Infinity];
  if (least > most) throw invalidArgument('rowCount', "'min' is greater than 'max'");
  return Object.freeze({
    type: 'rowCount',
    ...commonParts('rowCount', 'rowCount', common),
    options: { min, max, exactly },
    evaluate({ rows }) {
      if (rows >= least && rows <= most) return { passed: true, metrics: { rows } };
      const wanted =
        exactly !== undefined ? `not ${exactly}` : rows < least ? `fewer than ${least}` : `more than ${most}`;
      return { passed: false, message: `${rows} rows, ${wanted}`, metrics: { rows } };
    },
  } satisfies Check);
}
