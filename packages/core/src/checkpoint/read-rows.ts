import type { Table } from 'apache-arrow';
import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import { checkCount, checkKeys } from '../pipeline/check.ts';
import type { Column, ReadOptions } from '../pipeline/table.ts';
import { tableOfStreams } from './arrow-tables.ts';

/**
 * A table, or a part of it, from its parts in order; no more of them are read than are needed.
 *
 * @param name For messages.
 * @throws CairnError `invalid_argument` for a column that there is not and a limit that is none
 */
export async function readRows(
  name: string,
  columns: readonly Column[],
  parts: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<Table> {
  checkKeys('arrow', options, ['columns', 'limit'], 'option');
  const { columns: wanted, limit } = options;
  if (wanted !== undefined && !Array.isArray(wanted))
    throw invalidArgument('arrow', `columns must be a list of names, not ${describe(wanted)}`);
  const known = columns.map((column) => column.name);
  const unknown = wanted?.find((column) => !known.includes(column));
  if (unknown !== undefined)
    throw invalidArgument('arrow', `there is no column '${unknown}' in '${name}'`, unknown, known);
  if (limit !== undefined) checkCount('arrow', 'limit', limit, 0);
  const whole = await tableOfStreams(limit === undefined ? parts : first(parts, limit));
  const cut = limit === undefined ? whole : whole.slice(0, limit);
  return wanted === undefined ? cut : cut.select([...wanted]);
}

async function* first(parts: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let left = limit;
  for await (const bytes of parts) {
    yield bytes;
    left -= (await tableOfStreams([bytes])).numRows;
    if (left <= 0) return;
  }
}
