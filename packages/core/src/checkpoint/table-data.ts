import type { Table } from 'apache-arrow';
import type { CairnError } from '../errors/cairn-error.ts';
import { tableOfRows } from './row-tables.ts';

/** Makes the error for data that is no table: what it is, and why. */
export type Refusal = (what: string, cause?: unknown) => CairnError;

const fileMagic = [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31];
const endOfStream = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/**
 * Tables as users' code gives them, as one complete Arrow IPC stream: an apache-arrow Table of whichever copy of the
 * library, an array of row objects, or Arrow IPC bytes of either format. Anything else is refused.
 */
export async function streamOfData(data: unknown, refusal: Refusal): Promise<Uint8Array> {
  const arrow = await import('apache-arrow');
  if (data instanceof Uint8Array) {
    const isFile = fileMagic.every((byte, index) => data[index] === byte);
    if (!isFile && endOfStream.every((byte, index) => data.at(index - 8) === byte)) return data;
    const nothing = `${data.length} bytes that are no Arrow IPC`;
    let table: Table;
    try {
      table = arrow.tableFromIPC(data);
    } catch (error) {
      throw refusal(nothing, error);
    }
    // Bytes that end before a schema read as a table without columns.
    if (table.schema.fields.length === 0) throw refusal(nothing);
    return arrow.tableToIPC(table, 'stream');
  }
  if (isArrowTable(data)) {
    if (data.schema.fields.length === 0) throw refusal('an Arrow Table without columns');
    try {
      return arrow.tableToIPC(data, 'stream');
    } catch (error) {
      throw refusal('an Arrow Table that cannot be written as IPC', error);
    }
  }
  if (Array.isArray(data)) return arrow.tableToIPC(await tableOfRows(data, refusal), 'stream');
  throw refusal(
    data === null ? 'null' : typeof data === 'object' ? 'an object of another kind' : typeof data,
  );
}

function isArrowTable(value: unknown): value is Table {
  const table = value as Partial<Table> | null;
  return typeof table === 'object' && table !== null && Array.isArray(table.batches) && 'schema' in table;
}
