import { unsupportedFormat } from '../errors/run-errors.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import { isPlainObject } from '../pipeline/check.ts';
import type { Json } from '../pipeline/json.ts';
import { recordKey } from '../store/keys.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { ExecutionRecord, RecordKind, RunRecords } from './record.ts';
import { recordSchema, recordTableName, toRow } from './schema.ts';

/** The version of a file of records that this code writes, and the newest that it reads. */
export const recordVersion = 1;

/** A row as it is stored: of its table, times as ISO 8601, and what says whose it is. */
export type StoredRow = Readonly<Record<string, string | number | null>>;

/** Which run of several that were given one run id. */
export interface RunIdentity {
  readonly pipeline: string;
  readonly correlationId: string | null;
  readonly attempt: number;
}

/**
 * Writes the records of a run, one file a table, the pipeline's last: where that one stands, the others do. They need
 * not survive a loss of power: whoever binds the task next finds them missing, and makes them of the journal.
 */
export async function writeRecords(store: ObjectStore, records: RunRecords): Promise<void> {
  const { pipeline, processes, steps, checks } = records;
  await Promise.all([
    addRows(store, 'process', pipeline, processes),
    addRows(store, 'step', pipeline, steps),
    addRows(store, 'check', pipeline, checks),
  ]);
  await addRows(store, 'pipeline', pipeline, [pipeline]);
}

/** Says whether a run is in the records. */
export async function hasRecords(store: ObjectStore, runId: string, run: RunIdentity): Promise<boolean> {
  const bytes = await store.get(recordKey(recordTableName('pipeline'), runId));
  const rows = bytes === undefined ? undefined : decodeRecords('pipeline', bytes);
  return rows?.some((row) => isOf(run, row)) === true;
}

/**
 * Reads a file of records; undefined when it is damaged.
 *
 * @throws CairnError `unsupported_format`
 */
export function decodeRecords(kind: RecordKind, bytes: Uint8Array): readonly StoredRow[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (!isPlainObject(value)) return undefined;
  const { formatVersion, records } = value;
  if (typeof formatVersion === 'number' && formatVersion > recordVersion)
    throw unsupportedFormat(`A file of ${recordTableName(kind)}`, formatVersion);
  if (formatVersion !== recordVersion || !Array.isArray(records)) return undefined;
  return records.every((record) => isRow(kind, record)) ? records : undefined;
}

/** What was there of the same run is replaced; other runs of that run id stay. */
async function addRows(
  store: ObjectStore,
  kind: RecordKind,
  run: RunRecords['pipeline'],
  records: readonly ExecutionRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const key = recordKey(recordTableName(kind), run.runId);
  const rows = records.map((record) => storedRow(record, run));
  if (await store.put(key, encodeRecords(rows), { ifAbsent: true })) return;
  const bytes = await store.get(key);
  const others = (bytes && decodeRecords(kind, bytes))?.filter((row) => !isOf(run, row)) ?? [];
  await store.put(key, encodeRecords([...others, ...rows]));
}

function encodeRecords(records: readonly StoredRow[]): Uint8Array {
  return new TextEncoder().encode(
    canonicalJson({ formatVersion: recordVersion, records: records as readonly Json[] }),
  );
}

function storedRow(
  record: ExecutionRecord,
  { pipeline, pipelineFingerprint }: RunRecords['pipeline'],
): StoredRow {
  const row: StoredRow = {
    ...toRow(record),
    started_at: record.startedAt.toISOString(),
    pipeline,
    ...(record.event === 'pipeline_end' ? { pipeline_fingerprint: pipelineFingerprint } : {}),
  };
  // In the order of canonical JSON, which is quickest to write.
  return Object.fromEntries(
    Object.keys(row)
      .sort()
      .map((name) => [name, row[name] ?? null]),
  );
}

function isOf({ pipeline, correlationId, attempt }: RunIdentity, row: StoredRow): boolean {
  return (
    row['pipeline'] === pipeline && row['correlation_id'] === correlationId && row['attempt'] === attempt
  );
}

function isRow(kind: RecordKind, value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  return recordSchema(kind).every(({ name, type, nullable }) => {
    const field = value[name];
    if (field === null) return nullable;
    if (type === 'BIGINT') return Number.isSafeInteger(field);
    return typeof field === 'string' && (type === 'VARCHAR' || !Number.isNaN(Date.parse(field)));
  });
}
