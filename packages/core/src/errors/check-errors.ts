import { CairnError } from './cairn-error.ts';
import { didYouMean } from './suggest.ts';

/** A check that does not pass, as {@link checkFailed} tells it. */
export interface FailedCheck {
  readonly check: string;
  readonly checkType: string;
  readonly severity: string;
  readonly status: string;
  readonly failing: number | null;
  readonly rows: number;
  readonly message: string;
}

/** A table is not what its step's checks say. All of them are named. */
export function checkFailed(checks: readonly FailedCheck[]): CairnError {
  const count = checks.length === 1 ? '1 check' : `${checks.length} checks`;
  const list = checks.map(({ check, message }) => `${check}: ${message}`);
  return new CairnError('check_failed', `${count} failed: ${list.join('; ')}`, { details: { checks } });
}

/** Nobody has the rows that failed a check. */
export function failingRowsNotFound(step: string, check: string, why: string): CairnError {
  return new CairnError(
    'checkpoint_not_found',
    `Rows of step '${step}' that failed the check '${check}' cannot be read: ${why}`,
    { details: { step, check } },
  );
}

/** A check names a column that the table has not. */
export function unknownColumn(name: string, known: readonly string[]): CairnError {
  return new CairnError('invalid_argument', `the table has no column '${name}'${didYouMean(name, known)}`, {
    details: { column: name, known },
  });
}
