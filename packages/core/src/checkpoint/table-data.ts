import type { Table } from 'apache-arrow';
import type { CairnError } from '../errors/cairn-error.ts';
import { tableOfRows } from './row-tables.ts';

/** Makes the error for data that is no table: what it is, and why. */
export type Refusal = (what: string, cause?: unknown) => CairnError;

const endOfStream = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/**
 * Tables as users' code gives them, as one complete Arrow IPC stream: an apache-arrow Table of whichever copy of the
 * library, an array of row objects, or Arrow IPC bytes of either format. Anything else is refused.
 */
export async function streamOfData(data: unknown, refusal: Refusal): Promise<Uint8Array> {
  const arrow = await import('apache-arrow');
  if (Array.isArray(data)) return arrow.tableToIPC(await tableOfRows(data, refusal), 'stream');
  const isBytes = data instanceof Uint8Array;
  if (!isBytes && !isArrowTable(data)) {
    throw refusal(data === null ? 'null' : typeof data === 'object' ? 'an object' : typeof data);
  }
  if (isBytes && data[0] === 0xff && endOfStream.every((byte, index) => data.at(index - 8) === byte))
    return data;
  const what = isBytes ? `${data.length} bytes that are no Arrow IPC` : 'no whole Arrow Table';
  let table: Table;
  let stream: Uint8Array;
  try {
    table = isBytes ? arrow.tableFromIPC(data) : data;
    stream = arrow.tableToIPC(table, 'stream');
  } catch (error) {
    throw refusal(what, error);
  }
  // Bytes that end before a schema read as a table without columns.
  if (table.schema.fields.length === 0) throw refusal(what);
  return stream;
}

function isArrowTable(value: unknown): value is Table {
  const table = value as Partial<Table> | null;
  return typeof table === 'object' && table !== null && Array.isArray(table.batches) && 'schema' in table;
}
