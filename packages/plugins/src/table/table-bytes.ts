import { type CairnError, invalidData, streamOfData } from '@cairn/core/plugin';
import { encodeStream } from '../columnar/arrow-stream.ts';
import { kindOf } from '../input/options.ts';
import { adoptTable, isTableLike } from './foreign-table.ts';

const refuse = (what: string, cause?: unknown): CairnError =>
  invalidData(
    `fromTable was given ${what}: it takes row objects, an Arrow Table or Arrow IPC bytes`,
    {},
    cause,
  );

/**
 * What the app gave as Arrow IPC bytes.
 *
 * @throws CairnError `invalid_data` when it is no table
 */
export async function tableBytes(data: unknown): Promise<Uint8Array> {
  if (data instanceof Uint8Array) return data;
  if (Array.isArray(data)) return streamOfData(data, refuse);
  if (!isTableLike(data)) throw refuse(kindOf(data));
  const arrow = await import('apache-arrow');
  try {
    const { schema, batches } = data instanceof arrow.Table ? data : adoptTable(arrow, data);
    return encodeStream(
      arrow,
      schema,
      batches.filter(({ numRows }) => numRows > 0),
    );
  } catch (error) {
    throw refuse(
      `an Arrow Table that cannot be read (${error instanceof Error ? error.message : String(error)})`,
      error,
    );
  }
}
