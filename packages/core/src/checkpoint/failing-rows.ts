import type { Table } from 'apache-arrow';
import { isCairnError } from '../errors/cairn-error.ts';
import { failingRowsNotFound } from '../errors/check-errors.ts';
import type { ReadOptions } from '../pipeline/table.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { KeptRows } from './check-result.ts';
import { readParts } from './parts.ts';
import { readRows } from './read-rows.ts';

/**
 * Rows that failed a check, verified.
 *
 * @param found `at`: when they were stored, ISO 8601, UTC. Undefined or null when none were.
 * @throws CairnError `checkpoint_not_found`, `checkpoint_damaged`, `invalid_argument`
 */
export async function readFailingRows(
  store: ObjectStore,
  { step, check }: { readonly step: string; readonly check: string },
  found: { readonly kept: KeptRows; readonly at: string } | undefined | null,
  options?: ReadOptions,
): Promise<Table> {
  if (found === undefined || found === null) throw failingRowsNotFound(step, check, 'none are kept');
  const { kept, at } = found;
  try {
    const parts = readParts(store, { step, createdAt: at, parts: kept.parts });
    return await readRows(check, kept.columns, parts, options);
  } catch (error) {
    // Once no log of a task names them they are collected.
    if (isCairnError(error, 'checkpoint_not_found'))
      throw failingRowsNotFound(step, check, 'they were removed', error);
    throw error;
  }
}
