import type { CheckedRecord } from '../checkpoint/check-result.ts';
import { stageRunId, type CairnEvent } from '../events/event.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { Json } from '../pipeline/json.ts';
import type { CheckRunRecord } from './record.ts';

/** The record of a check as an event tells it; undefined when nothing was evaluated. */
export function recordOfCheck(
  event: Extract<CairnEvent, { readonly type: 'check_result' }>,
  redact: (text: string) => string,
): CheckRunRecord | undefined {
  const { evaluation, metrics, failingRows, runId, process } = event;
  if (evaluation === 0) return undefined;
  return Object.freeze({
    event: 'check_result',
    runId,
    correlationId: event.correlationId,
    attempt: event.attempt,
    pipeline: event.pipeline,
    processRunId: stageRunId(runId, process),
    process,
    stepRunId: event.stepRunId,
    step: event.step,
    evaluation,
    checkName: event.check,
    checkType: event.checkType,
    severity: event.severity,
    status: event.status,
    startedAt: new Date(event.startedAt),
    durationMs: event.durationMs,
    rows: event.rows,
    failing: event.failing,
    message: redact(event.message),
    metrics: jsonOf(metrics),
    failingRows: jsonOf(failingRows),
  });
}

/** The same of a run of which the journal alone can tell. */
export function recordsOfChecks(
  pipeline: string,
  correlationId: string | null,
  checked: readonly CheckedRecord[],
  processOf: (step: string) => string | undefined,
): CheckRunRecord[] {
  const evaluations = new Map<string, number>();
  return checked.flatMap(({ step, runId, attempt, results }) => {
    const evaluation = (evaluations.get(step) ?? 0) + 1;
    evaluations.set(step, evaluation);
    const process = processOf(step);
    return results.map(
      ({ check, digest: _digest, startedAt, metrics, failingRows, ...facts }): CheckRunRecord =>
        Object.freeze({
          event: 'check_result',
          runId,
          correlationId,
          attempt,
          pipeline,
          processRunId: process === undefined ? null : stageRunId(runId, process),
          process: process ?? null,
          stepRunId: stageRunId(runId, step),
          step,
          evaluation,
          checkName: check,
          ...facts,
          startedAt: new Date(startedAt),
          metrics: jsonOf(metrics),
          failingRows: jsonOf(failingRows),
        }),
    );
  });
}

/** The same text whether an event tells it or a journal. */
function jsonOf(value: object | null): string | null {
  return value === null ? null : canonicalJson(value as Json);
}
