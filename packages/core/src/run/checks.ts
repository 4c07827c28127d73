import { isCairnError } from '../errors/cairn-error.ts';
import { checkFailed } from '../errors/check-errors.ts';
import { inputNotAvailable } from '../errors/run-errors.ts';
import { letsPass, type CheckResult, type RememberedCheck } from '../checkpoint/check-result.ts';
import { checkInputs, type PlannedCheck } from '../pipeline/plan-checks.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { sql } from '../pipeline/sql.ts';
import type { CheckMetrics, CheckStatus, CheckVerdict } from '../pipeline/table-check.ts';
import { abortable } from './abortable.ts';
import { bindCheck, checkContext, type CheckedTable } from './check-context.ts';
import { checkDigest, remembered, tellCheck } from './check-memory.ts';
import { onePass, type Asked } from './check-pass.ts';
import { keepRows } from './failing-rows.ts';
import { isoTime, type Session } from './session.ts';
import { ContentChanged, type Tables } from './tables.ts';

/** A check in the making of its result. */
interface Work extends Asked {
  /** Undefined while it is open. */
  verdict: CheckVerdict | undefined;
  /** What kept it from being evaluated. */
  error: unknown;
  readonly startedAt: number;
  spentMs: number;
}

/**
 * Evaluates all checks of a step on its table, which is in the engine, keeps in the journal how they came out, and tells
 * it.
 *
 * @param contentHash Of a table that is stored.
 * @param mayTell Resolves once the journal may tell of the step.
 * @returns what its manifest is to remember
 * @throws CairnError `check_failed` naming all checks of severity `error` that do not pass
 */
export async function evaluateChecks(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  table: CheckedTable & { readonly contentHash?: string | undefined },
  mayTell: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly RememberedCheck[]> {
  const { parts, journal, runId, attempt } = session;
  const losses = session.losses.length;
  const ends = (error: unknown): boolean =>
    error instanceof ContentChanged ||
    tables.changed ||
    session.stop.aborted ||
    session.losses.length > losses ||
    isCairnError(error, 'canceled') ||
    isCairnError(error, 'engine_failed') ||
    isCairnError(error, 'already_closed');
  /** Does a part of a check's work: what fails is the check's alone, unless the run cannot go on. */
  const of = async (work: Work, part: () => Promise<CheckVerdict | undefined>): Promise<void> => {
    if (work.verdict !== undefined || work.error !== undefined) return;
    const begun = parts.now();
    try {
      work.verdict = await part();
    } catch (error) {
      if (ends(error)) throw error;
      work.error = error ?? new Error('undefined was thrown');
    } finally {
      work.spentMs += parts.now() - begun;
    }
  };

  const startedAt = parts.now();
  const all = step.checks.map((check): Work => {
    const context = checkContext(session, step, check, table);
    return {
      check,
      context,
      wants: {},
      measured: {},
      verdict: undefined,
      error: undefined,
      startedAt,
      spentMs: 0,
    };
  });
  await bringInputs(session, tables, step, all);
  for (const work of all) {
    const { check, context, wants } = work;
    await of(work, () => {
      if (check.check.fails !== undefined)
        wants['failing'] = sql`count(*) filter (where (${check.check.fails(context)}\n))`;
      else Object.assign(wants, check.check.measure?.(context));
      return Promise.resolve(undefined);
    });
  }
  const open = all.filter((work) => work.error === undefined);
  const begun = parts.now();
  await onePass(session, step, open, ends);
  for (const work of open) if (Object.keys(work.wants).length > 0) work.spentMs += parts.now() - begun;
  for (const work of all) await of(work, () => judge(session, step, work));

  const results: CheckResult[] = [];
  for (const work of all) results.push(await resultOf(session, step, work, table.rows, ends));
  await mayTell();
  session.stop.throwIfAborted();
  const { contentHash } = table;
  const at = isoTime(parts.now());
  await journal.append(
    { type: 'checked', step: step.name, runId, attempt, contentHash, results, at },
    { sync: false },
  );
  for (const result of results) tellCheck(session, step, result);
  if (!letsPass(results))
    throw checkFailed(
      results
        .filter(({ severity, status }) => severity === 'error' && status !== 'passed')
        .map(({ check, checkType, severity, status, failing, rows, message }) => ({
          check,
          checkType,
          severity,
          status,
          failing,
          rows,
          message,
        })),
    );
  return results.flatMap((result, at) => remembered(result, step.checks[at] as PlannedCheck));
}

/** Brings what checks read besides into the engine; what is not to be had is the end of those that read it. */
async function bringInputs(
  session: Session,
  tables: Tables,
  step: PlannedStep,
  all: readonly Work[],
): Promise<void> {
  for (const input of checkInputs(step.checks)) {
    if (session.states.has(input)) {
      await tables.use(input);
      continue;
    }
    const error = inputNotAvailable(session.plan.pipeline, step.name, input, 'has no checkpoint that holds');
    for (const work of all) if (work.check.inputs.includes(input)) work.error ??= error;
  }
}

/** What a check says, once the pass over the table is done. */
async function judge(session: Session, step: PlannedStep, work: Work): Promise<CheckVerdict> {
  const { check, context, measured } = work;
  const { check: own, keepRows: keep } = check;
  if (own.evaluate !== undefined) {
    const verdict = await abortable(
      Promise.resolve().then(() => own.evaluate?.({ ...context, signal: context.signal, measured })),
      session.stop,
    );
    if (typeof verdict?.passed !== 'boolean') throw new TypeError('evaluate gave no verdict');
    return verdict;
  }
  if (own.fails !== undefined) {
    const failing = Number(measured['failing']);
    if (failing === 0 || keep === 0) return { passed: failing === 0, failing };
    const failingRows = sql`select * from ${context.table} where (${own.fails(context)}\n)`;
    return { passed: false, failing, failingRows };
  }
  const failingRows = own.failing?.(context) ?? sql``;
  const count = await session.parts.engine.query(
    { parts: bindCheck(session, step, check, sql`select count(*) as n from (${failingRows}\n)`) },
    { signal: session.signal },
  );
  const failing = Number(count.getChildAt(0)?.get(0));
  return { passed: failing === 0, failing, failingRows };
}

async function resultOf(
  session: Session,
  step: PlannedStep,
  work: Work,
  rows: number,
  ends: (error: unknown) => boolean,
): Promise<CheckResult> {
  const { check, verdict, startedAt, spentMs } = work;
  const { redact } = session.parts;
  const { passed = false, failing, failingRows } = verdict ?? {};
  const status: CheckStatus = verdict === undefined ? 'errored' : passed ? 'passed' : 'failed';
  const said =
    verdict === undefined ? `it could not be evaluated: ${messageOf(work.error)}` : verdict.message;
  const { says } = check.check;
  let message = said ?? (status === 'passed' ? '' : failingText(failing, rows, says));
  let kept: CheckResult['failingRows'] = null;
  if (status === 'failed' && failingRows !== undefined && check.keepRows > 0) {
    try {
      kept = await keepRows(session, step, check, failingRows);
    } catch (error) {
      if (ends(error) || !isOfSql(error)) throw error;
      message += ` (which ones cannot be told: ${messageOf(error)})`;
    }
  }
  return {
    check: check.name,
    checkType: check.type,
    severity: check.severity,
    status,
    digest: checkDigest(session, check),
    rows,
    failing: failing ?? null,
    message: redact(message),
    metrics: metricsOf(verdict?.metrics),
    failingRows: kept,
    startedAt: isoTime(startedAt),
    durationMs: Math.max(0, Math.round(spentMs)),
  };
}

function failingText(failing: number | undefined, rows: number, says: string | undefined): string {
  if (failing === undefined) return says ?? 'it does not hold';
  return `${failing} of ${rows} rows${says === undefined ? '' : `: ${says}`}`;
}

function isOfSql(error: unknown): boolean {
  return (
    isCairnError(error) &&
    ['sql_failed', 'invalid_sql', 'undeclared_input', 'external_read'].includes(error.code)
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A copy of what JSON can hold of it. */
function metricsOf(metrics: CheckMetrics | undefined): CheckMetrics | null {
  if (metrics === undefined) return null;
  const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
  return JSON.parse(JSON.stringify(metrics, plain)) as CheckMetrics;
}
