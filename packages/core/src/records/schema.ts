import { unknownRecord } from '../errors/record-errors.ts';
import type { Column } from '../pipeline/table.ts';
import type { ExecutionRecord, RecordKind } from './record.ts';

const text = (name: string): Column => column(name, 'VARCHAR', false);
const textOrNull = (name: string): Column => column(name, 'VARCHAR', true);
const count = (name: string): Column => column(name, 'BIGINT', false);
const time = (name: string): Column => column(name, 'TIMESTAMP WITH TIME ZONE', false);

function column(name: string, type: string, nullable: boolean): Column {
  return Object.freeze({ name, type, nullable });
}

const run = [text('run_id'), textOrNull('correlation_id'), count('attempt')];
const countOrNull = (name: string): Column => column(name, 'BIGINT', true);
const end = [time('started_at'), text('status'), count('duration_ms'), textOrNull('error')];
const error = [textOrNull('error_type'), textOrNull('error_message')];
const failed = [textOrNull('failed_step_run_id'), textOrNull('failed_step')];

const schemas: Readonly<Record<RecordKind, readonly Column[]>> = {
  pipeline: Object.freeze([...run, text('pipeline'), ...end, ...error, ...failed]),
  process: Object.freeze([...run, text('process_run_id'), text('process'), ...end, ...error, ...failed]),
  step: Object.freeze([
    ...run,
    text('step_run_id'),
    text('step'),
    ...end,
    textOrNull('process_run_id'),
    ...error,
  ]),
  check: Object.freeze([
    ...run,
    text('pipeline'),
    textOrNull('process_run_id'),
    textOrNull('process'),
    text('step_run_id'),
    text('step'),
    count('evaluation'),
    text('check_name'),
    text('check_type'),
    text('severity'),
    text('status'),
    time('started_at'),
    count('duration_ms'),
    count('rows'),
    countOrNull('failing'),
    text('message'),
    textOrNull('metrics'),
    textOrNull('failing_rows'),
  ]),
};

const tableNames: Readonly<Record<RecordKind, string>> = {
  pipeline: 'pipeline_runs',
  process: 'process_runs',
  step: 'step_runs',
  check: 'check_runs',
};

const events: Readonly<Record<RecordKind, ExecutionRecord['event']>> = {
  pipeline: 'pipeline_end',
  process: 'process_end',
  step: 'step_end',
  check: 'check_result',
};

/** The fields of records by the columns that keep them. */
const fieldOf: ReadonlyMap<string, string> = new Map(
  Object.values(schemas).flatMap((columns) => columns.map(({ name }) => [name, camelCase(name)] as const)),
);

/** The kinds of records. */
export const recordKinds: readonly RecordKind[] = Object.freeze(['pipeline', 'process', 'step', 'check']);

/**
 * The columns of a table of records, in order. `started_at` is a point in time in microseconds, told in UTC.
 *
 * @throws CairnError `unknown_record`
 */
export function recordSchema(kind: RecordKind): readonly Column[] {
  return schemas[checkKind(kind)];
}

/** `pipeline_runs`, `process_runs`, `step_runs` or `check_runs`. @throws CairnError `unknown_record` */
export function recordTableName(kind: RecordKind): string {
  return tableNames[checkKind(kind)];
}

/** A record as a row of its table: names of columns to values, without the `event`. */
export type RecordRow = Readonly<Record<string, string | number | Date | null>>;

/** @throws CairnError `unknown_record` for what is no record */
export function toRow(record: ExecutionRecord): RecordRow {
  const event: unknown = (record as { readonly event?: unknown } | undefined)?.event;
  const kind = recordKinds.find((one) => event === events[one]);
  if (kind === undefined) throw unknownRecord(event, recordKinds);
  const fields = record as unknown as Readonly<Record<string, RecordRow[string]>>;
  const row: Record<string, RecordRow[string]> = {};
  for (const { name } of schemas[kind]) row[name] = fields[fieldOf.get(name) ?? name] ?? null;
  return Object.freeze(row);
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function checkKind(kind: string): RecordKind {
  if (Object.hasOwn(schemas, kind)) return kind as RecordKind;
  throw unknownRecord(kind, recordKinds);
}
