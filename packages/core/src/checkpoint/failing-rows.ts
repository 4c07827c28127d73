import type { Table } from 'apache-arrow';
import { failingRowsNotFound } from '../errors/check-errors.ts';
import { didYouMean } from '../errors/suggest.ts';
import type { ReadOptions } from '../pipeline/table.ts';
import { objectKey } from '../store/keys.ts';
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
  {
    step,
    check,
    known = [],
  }: { readonly step: string; readonly check: string; readonly known?: readonly string[] | undefined },
  found: { readonly kept: KeptRows; readonly at: string } | undefined | null,
  options?: ReadOptions,
): Promise<Table> {
  if (found === undefined || found === null)
    throw failingRowsNotFound(
      step,
      check,
      `none are kept${known.includes(check) ? '' : didYouMean(check, known)}`,
    );
  const { kept, at } = found;
  // Once no log of a task names them they are collected, and who did that need not remember it.
  for (const { sha256 } of kept.parts)
    if ((await store.get(objectKey(sha256))) === undefined)
      throw failingRowsNotFound(step, check, 'they were removed');
  return readRows(check, kept.columns, readParts(store, { step, createdAt: at, parts: kept.parts }), options);
}
