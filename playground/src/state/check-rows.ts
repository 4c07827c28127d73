import type { CheckStatus, Plan, StoredCheck } from '@cairn/core';
import type { ViewedRun } from '@cairn/web';

/** A check of a step, and how it came out last. */
export interface CheckRow {
  readonly step: string;
  readonly name: string;
  readonly type: string;
  readonly severity: 'error' | 'warn';
  /** `due`: it has not been evaluated yet. */
  readonly status: CheckStatus | 'due';
  /** How many rows fail; null where the check does not count rows, or has not been evaluated. */
  readonly failing: number | null;
  /** Rows of the table; undefined when it is not known. */
  readonly rows: number | undefined;
  readonly message: string | undefined;
  /** How many of the failing rows are stored. */
  readonly kept: number;
  /** Milliseconds since the epoch. */
  readonly at: number | undefined;
}

/**
 * The checks of a pipeline's steps, in their order: as the run under way tells, or else as they are stored.
 *
 * @param run The run that is under way.
 */
export function checkRows(
  { steps }: Plan,
  stored: ReadonlyMap<string, readonly StoredCheck[]> | undefined,
  run: ViewedRun | undefined,
): readonly CheckRow[] {
  return steps.flatMap(({ name: step, checks }) => {
    const live = new Map(run?.steps.get(step)?.checks?.map((check) => [check.name, check]));
    const last = new Map(stored?.get(step)?.map((check) => [check.check, check]));
    return checks.map(({ name, type, severity }): CheckRow => {
      const base = { step, name, type, severity };
      const now = live.get(name);
      if (now !== undefined) {
        const { status, failing, message } = now;
        return { ...base, status, failing, message, rows: undefined, kept: 0, at: undefined };
      }
      const before = last.get(name);
      if (before === undefined)
        return {
          ...base,
          status: 'due',
          failing: null,
          rows: undefined,
          message: undefined,
          kept: 0,
          at: undefined,
        };
      const { status, failing, rows, message, kept, startedAt } = before;
      return {
        ...base,
        status,
        failing,
        rows,
        message,
        kept: kept?.rows ?? 0,
        at: new Date(startedAt).getTime(),
      };
    });
  });
}
