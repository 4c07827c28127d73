import type { ParityData } from './data.ts';
import { grouping } from './grouping.ts';
import { joins } from './joins.ts';
import { large } from './large.ts';
import type { ParityCase } from './parity-case.ts';
import { real } from './real.ts';
import { rows } from './rows.ts';
import { textAndTime } from './text-and-time.ts';
import { transforms } from './transforms.ts';
import { values } from './values.ts';

export type { ParityData } from './data.ts';
export type { ParityCase } from './parity-case.ts';

/** All cases, over the given files. */
export function parityCases(data: ParityData): readonly ParityCase[] {
  return [...grouping, ...joins, ...rows, ...values, ...textAndTime, ...transforms, ...real(data), ...large];
}
