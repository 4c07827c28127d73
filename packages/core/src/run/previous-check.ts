import { letsPass, type CheckedRecord } from '../checkpoint/check-result.ts';
import type { PlannedCheck } from '../pipeline/plan-checks.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import type { CheckMetrics, PreviousCheck } from '../pipeline/table-check.ts';
import { decodeRecords, type StoredRow } from '../records/record-file.ts';
import { recordTableName } from '../records/schema.ts';
import type { StoredObject } from '../store/object-store.ts';
import type { Session } from './session.ts';

/** What a check has measured when its step's table was last kept: the task's log knows, or the records of other tasks. */
export async function previousCheck(
  session: Session,
  step: PlannedStep,
  check: PlannedCheck,
  within: 'task' | 'pipeline',
): Promise<PreviousCheck | undefined> {
  if (within === 'task' && session.correlationId !== null)
    return fromLog(session.journal.checks.get(step.name)?.passed, check);
  return fromRecords(session, step, check, within);
}

function fromLog(passed: CheckedRecord | undefined, { name }: PlannedCheck): PreviousCheck | undefined {
  const result = passed?.results.find((one) => one.check === name);
  if (passed === undefined || result?.metrics === null || result === undefined) return undefined;
  const { rows, startedAt: at, metrics } = result;
  return Object.freeze({ runId: passed.runId, at, rows, metrics });
}

/** The newest record of a table that was kept, looked for from the newest file on. */
async function fromRecords(
  { parts: { store }, plan: { pipeline } }: Session,
  step: PlannedStep,
  check: PlannedCheck,
  within: 'task' | 'pipeline',
): Promise<PreviousCheck | undefined> {
  const files: StoredObject[] = [];
  for await (const file of store.list(`records/${recordTableName('check')}/`)) files.push(file);
  files.sort((one, other) => other.modifiedAt.getTime() - one.modifiedAt.getTime());
  for (const { key } of files) {
    const bytes = await store.get(key);
    const rows = (bytes === undefined ? undefined : decodeRecords('check', bytes)) ?? [];
    const own = rows.filter(
      (row) =>
        row['pipeline'] === pipeline &&
        row['step'] === step.name &&
        (within === 'pipeline' || row['correlation_id'] === null),
    );
    const found = lastKept(own, check.name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Rows of one step: each attempt at it has its own time, and its table was kept when all of its checks let it. */
function lastKept(rows: readonly StoredRow[], name: string): PreviousCheck | undefined {
  const last = rows.findLast((row) => row['check_name'] === name && row['metrics'] !== null);
  if (last === undefined) return undefined;
  const beside = rows.filter(
    (row) => row['step_run_id'] === last['step_run_id'] && row['evaluation'] === last['evaluation'],
  );
  const results = beside.map(({ severity, status }) => ({ severity, status }));
  if (!letsPass(results as Parameters<typeof letsPass>[0])) return undefined;
  return Object.freeze({
    runId: String(last['run_id']),
    at: String(last['started_at']),
    rows: Number(last['rows']),
    metrics: JSON.parse(String(last['metrics'])) as CheckMetrics,
  });
}
