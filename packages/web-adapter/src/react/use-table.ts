import type { OpenedTask } from '@cairn/core';
import type { Table } from 'apache-arrow';
import { useCallback } from 'react';
import { countRows, readTable, type TableWindow } from './read-table.ts';
import { useAnswer } from './use-answer.ts';
import { useSame } from './use-same.ts';

/** What {@link useTable} returns. */
export interface UsedTable {
  /** Rows of the step, also while others of it are read; undefined when those could not be. */
  readonly table: Table | undefined;
  /** How many rows there are in all that `where` is true for; undefined until they are counted. */
  readonly total: number | undefined;
  readonly error: Error | undefined;
  /** True while `table` is not yet what was asked for. */
  readonly pending: boolean;
  /** Reads again. The same function in every render. */
  refresh(): void;
}

/**
 * Some rows of a step's stored table. Sorting and filtering are done by the engine; the first ten thousand rows as they are need none. Rows that
 * come late are dropped.
 *
 * @param opened What `runner.open` has opened, or {@link useOpenedTask}; undefined while there is none.
 * @example
 * const { table, total, pending } = useTable(opened, 'by_origin', { limit: 50, orderBy: [{ column: 'delay', descending: true }], where: 'n > 10' });
 */
export function useTable(
  opened: OpenedTask | undefined,
  step: string | undefined,
  window: TableWindow = {},
): UsedTable {
  const asked = useSame(window);
  const { where = '' } = asked;
  const has = opened !== undefined && step !== undefined;
  const isFiltered = where.trim() !== '';
  const read = useCallback(
    async () => ({ step, table: await readTable(opened as OpenedTask, step as string, asked) }),
    [opened, step, asked],
  );
  const count = useCallback(
    () => countRows(opened as OpenedTask, step as string, where),
    [opened, step, where],
  );
  const { value, error, pending, refresh } = useAnswer(has ? read : undefined);
  const counted = useAnswer(has && isFiltered ? count : undefined);
  const all = has ? opened.steps.get(step)?.rows : undefined;
  const table = value?.step === step ? value?.table : undefined;
  return { table, total: isFiltered ? counted.value : all, error, pending, refresh };
}
