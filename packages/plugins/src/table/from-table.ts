import { invalidArgument, type SourceConnector } from '@cairn/core/plugin';
import { readArrow } from '../arrow/read-arrow.ts';
import { openBytes } from '../input/local-inputs.ts';
import { kindOf } from '../input/options.ts';
import { sha256 } from '#sha256';
import { isTableLike, type TableLike } from './foreign-table.ts';
import { tableBytes } from './table-bytes.ts';

/** What `fromTable` takes: rows, an apache-arrow Table of any copy and version from 9 on, or Arrow IPC bytes of either format. */
export type TableInput = readonly object[] | TableLike | Uint8Array;

/**
 * Reads a table that the app has in memory.
 *
 * - **Rows** are plain objects. A column's type comes from all its values: whole numbers BIGINT, other numbers DOUBLE, bigints BIGINT (they
 *   must fit 64 bits), strings VARCHAR, booleans BOOLEAN, Dates TIMESTAMP WITH TIME ZONE, bytes BLOB, arrays LIST, plain objects STRUCT.
 *   Undefined and null are null; a column of nothing but nulls is VARCHAR. Mixed columns are `invalid_data`, naming row and column.
 * - An **Arrow Table** is known by its shape and not by its class: it may come from another copy of the library than Cairn's.
 * - **Arrow IPC bytes** are read as `fromArrow` reads them.
 *
 * It is known again by its content: the same values, given again after a reload, find what was made of them. The data is looked at whenever
 * the step is planned or run, so what is changed in place is seen then.
 *
 * Memory: the data, and its Arrow IPC bytes.
 *
 * Reading fails with `invalid_data` when it is no table, or has types that the engine has not.
 *
 * @throws CairnError `invalid_argument` when it is neither of the three
 * @example
 * const people = source('people', fromTable([{ name: 'Ada', born: 1815 }, { name: 'Alan', born: 1912 }]));
 */
export function fromTable(data: TableInput): SourceConnector<never> {
  const shape = Array.isArray(data)
    ? 'rows'
    : data instanceof Uint8Array
      ? 'bytes'
      : isTableLike(data)
        ? 'table'
        : undefined;
  if (shape === undefined) {
    throw invalidArgument(
      'fromTable',
      `it takes row objects, an Arrow Table or Arrow IPC bytes, and was given ${kindOf(data)}`,
    );
  }
  return {
    type: 'table',
    location: Object.freeze({ memory: shape }),
    options: Object.freeze({}),
    identifiedBy: 'content',
    identity: async () => identityOf(await tableBytes(data)),
    read: async (context) => {
      const bytes = await tableBytes(data);
      const input = { ...openBytes(bytes, context), name: shape, label: 'The table given to fromTable' };
      return {
        identity: await identityOf(bytes),
        data: { streams: readArrow(input, undefined, context), own: true },
      };
    },
  };
}

async function identityOf(bytes: Uint8Array): Promise<string> {
  return `sha256:${await sha256(bytes)}`;
}
