import type { CheckedRecord } from '../checkpoint/check-result.ts';
import type { LastRun } from '../checkpoint/journal-record.ts';
import { stageRunId } from '../events/event.ts';
import { recordsOfChecks } from './check-record.ts';
import { wholeMs } from './fold.ts';
import {
  failedStep,
  noError,
  type ProcessRunRecord,
  type RecordedError,
  type RunRecords,
  type StepRunRecord,
} from './record.ts';
import type { RunIdentity } from './record-file.ts';

/** One change of a step, as its history keeps it. */
export interface StepChange {
  /** A `StageStatus` of core's task area. */
  readonly status: string;
  readonly message: string;
  readonly begin: string;
  readonly end: string | null;
  readonly runId: string;
  readonly code?: string | undefined;
}

/** What a journal tells of the last run of its task. */
export interface JournaledRun extends Omit<RunIdentity, 'attempt'> {
  readonly run: LastRun;
  /** When the journal was last written. */
  readonly updatedAt: string;
  readonly steps: Iterable<{
    readonly stage: string;
    /** Undefined when the pipeline has that step no more. */
    readonly process: string | undefined;
    readonly history: readonly StepChange[];
  }>;
  /** In order of time. */
  readonly checks: readonly CheckedRecord[];
  /** For every process, how many steps it has. */
  readonly processes: ReadonlyMap<string, number>;
}

/** A step as the last run left it. */
interface Left {
  readonly step: string;
  readonly process: string | undefined;
  readonly begunAt: number;
  readonly endedAt: number;
  /** Blocked: it had begun to read what then failed. */
  readonly status: 'success' | 'failed' | 'blocked' | 'interrupted';
  readonly error: RecordedError;
}

/** The error type of what a killed process left. */
const interruptedType = 'Interrupted';

/** The records of a run of which the journal alone can tell: of one that was killed, or whose records were not written. */
export function recoverRecords(journaled: JournaledRun): RunRecords {
  const { run, pipeline, correlationId, updatedAt, processes: sizes } = journaled;
  const { runId, attempt, status } = run;
  const lastSign = Date.parse(run.endedAt ?? updatedAt);
  const steps: Left[] = [];
  /** Steps of this run by process; also those that are done although they did not begin: they were reused. */
  const done = new Map<string, number>();
  const processOf = new Map<string, string | undefined>();
  for (const { stage, process, history } of journaled.steps) {
    processOf.set(stage, process);
    if (process !== undefined && history.at(-1)?.status === 'complete')
      done.set(process, (done.get(process) ?? 0) + 1);
    const left = leftOf(stage, process, history, run, lastSign);
    if (left !== undefined) steps.push(left);
  }
  steps.sort((one, other) => one.begunAt - other.begunAt);
  const failures = steps
    .filter((step) => step.status === 'failed' && step.error.errorType !== 'canceled')
    .sort((one, other) => one.endedAt - other.endedAt);
  const ended =
    status === undefined ? interrupted(`The run of pipeline '${pipeline}'`) : endOf(run, failures);
  const base = { runId, correlationId, attempt };
  const facts = (begunAt: number, endedAt: number, error: RecordedError) => ({
    startedAt: new Date(begunAt),
    status: error === noError ? ('success' as const) : ('failed' as const),
    durationMs: wholeMs(endedAt - begunAt),
    ...error,
  });

  const processes: ProcessRunRecord[] = [];
  for (const [process, size] of sizes) {
    const own = steps.filter((step) => step.process === process);
    if (own.length === 0) continue;
    const failure = failures.find((step) => step.process === process);
    const isDone = done.get(process) === size;
    const atWork = own.some((step) => step.status === 'interrupted');
    const isOver = isDone || status !== undefined || (failure !== undefined && !atWork);
    const error = isDone
      ? noError
      : isOver
        ? (failure?.error ?? ended)
        : interrupted(`The run of process '${process}'`);
    const endedAt = isOver ? Math.max(...own.map((step) => step.endedAt)) : lastSign;
    processes.push(
      Object.freeze({
        event: 'process_end',
        ...base,
        processRunId: stageRunId(runId, process),
        process,
        ...facts(Math.min(...own.map((step) => step.begunAt)), endedAt, error),
        ...failedStep(runId, isDone ? undefined : (failure ?? failures[0])?.step),
      }),
    );
  }
  return Object.freeze({
    pipeline: Object.freeze({
      event: 'pipeline_end',
      ...base,
      pipeline,
      pipelineFingerprint: run.pipelineFingerprint ?? null,
      ...facts(Date.parse(run.begunAt), lastSign, ended),
      ...failedStep(runId, status === 'success' ? undefined : failures[0]?.step),
    }),
    processes: Object.freeze(processes),
    steps: Object.freeze(
      steps.map(({ step, process, begunAt, endedAt, status: left, error }): StepRunRecord =>
        Object.freeze({
          event: 'step_end',
          ...base,
          stepRunId: stageRunId(runId, step),
          step,
          processRunId: process === undefined ? null : stageRunId(runId, process),
          ...facts(begunAt, endedAt, left === 'blocked' ? (failures[0]?.error ?? error) : error),
        }),
      ),
    ),
    checks: Object.freeze(
      recordsOfChecks(pipeline, correlationId, journaled.checks, (step) => processOf.get(step)),
    ),
  });
}

/** What became of a step in a run; undefined when it did not begin. */
function leftOf(
  step: string,
  process: string | undefined,
  history: readonly StepChange[],
  { runId, status }: LastRun,
  lastSign: number,
): Left | undefined {
  const own = history.filter((change) => change.runId === runId);
  const begun = own.find((change) => change.status === 'running');
  const last = own.at(-1);
  if (begun === undefined || last === undefined) return undefined;
  const begunAt = Date.parse(begun.begin);
  // A note comes after an error, and says more of the same status.
  const end =
    own.findLast((change, at) => change.status === last.status && own[at - 1]?.status !== last.status) ??
    last;
  const endedAt = Date.parse(end.end ?? end.begin);
  const about = { step, process, begunAt };
  switch (last.status) {
    case 'complete':
      return { ...about, endedAt, status: 'success', error: noError };
    case 'error':
      return {
        ...about,
        endedAt,
        status: end.code === undefined ? 'blocked' : 'failed',
        error: told(end.code ?? null, end.message),
      };
    case 'canceled':
      return { ...about, endedAt, status: 'failed', error: told('canceled', end.message) };
    default:
      return {
        ...about,
        endedAt: lastSign,
        status: status === undefined ? 'interrupted' : 'blocked',
        error: interrupted(`Step '${step}'`),
      };
  }
}

function endOf({ status, error }: LastRun, failures: readonly Left[]): RecordedError {
  if (status === 'success') return noError;
  if (error !== undefined) return told(error.code, error.message);
  return (
    failures[0]?.error ?? told(status === 'canceled' ? status : null, `The run ended as ${String(status)}`)
  );
}

function interrupted(what: string): RecordedError {
  return told(interruptedType, `${what} was interrupted: its process was killed, or lost power`);
}

function told(errorType: string | null, message: string): RecordedError {
  return Object.freeze({ error: message, errorType, errorMessage: message });
}
