import { createDocumentRows } from './document-rows.ts';
import { createLineRows } from './line-rows.ts';
import type { JsonForm, RowReader } from './rows.ts';

/** What reads rows, however they stand in a text. */
export function createRowReader({ format, pointer }: JsonForm): RowReader {
  return format === 'lines' ? createLineRows() : createDocumentRows(pointer);
}
