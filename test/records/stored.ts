import type { ObjectStore, StepContext } from '@cairn/core';

/** A stored row. */
export type Row = Readonly<Record<string, string | number | null>>;

/** All rows of a table of records, in the order of their files' keys. */
export async function rowsOf(store: ObjectStore, table: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const { key } of store.list(`records/${table}/`)) {
    const bytes = await store.get(key);
    rows.push(...(JSON.parse(new TextDecoder().decode(bytes)) as { records: readonly Row[] }).records);
  }
  return rows;
}

/** Waits until the run is cancelled. */
export function untilCanceled({ signal }: StepContext): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
