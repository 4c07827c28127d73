import { stageRunId } from '../events/event.ts';
import type { CheckSeverity, CheckStatus } from '../pipeline/table-check.ts';

/** How a run ended, as records keep it. A cancelled run is `failed`, with the error type `canceled`. */
export type RunStatus = 'success' | 'failed';

/** Which table of records. */
export type RecordKind = 'pipeline' | 'process' | 'step' | 'check';

/** What every record tells, in the order of its columns. */
interface RecordBase {
  readonly runId: string;
  /** Null when resuming was turned off. */
  readonly correlationId: string | null;
  /** The attempt at the task, 1 for the first. */
  readonly attempt: number;
}

/** How it went. */
interface RecordEnd {
  readonly startedAt: Date;
  readonly status: RunStatus;
  /** Whole milliseconds. Of a killed run: up to the last that is known of it. */
  readonly durationMs: number;
  /** The error as a whole: its message, and those of its causes. Null after a success. */
  readonly error: string | null;
  /** The code of the error; `Interrupted` when the process was killed. */
  readonly errorType: string | null;
  readonly errorMessage: string | null;
}

/** The first step in time that failed. */
interface FailedStep {
  readonly failedStepRunId: string | null;
  readonly failedStep: string | null;
}

/** What is known of one run of a pipeline once it is over. */
export interface PipelineRunRecord extends RecordBase, RecordEnd, FailedStep {
  readonly event: 'pipeline_end';
  readonly pipeline: string;
  /** {@link pipelineFingerprint} of what ran; kept with the record, but no column of its table. */
  readonly pipelineFingerprint: string | null;
}

/** What is known of one run of a process once it is over. */
export interface ProcessRunRecord extends RecordBase, RecordEnd, FailedStep {
  readonly event: 'process_end';
  readonly processRunId: string;
  readonly process: string;
}

/** What is known of one run of a step once it is over. */
export interface StepRunRecord extends RecordBase, RecordEnd {
  readonly event: 'step_end';
  readonly stepRunId: string;
  readonly step: string;
  /** Null when it is not known any more which process it belonged to. */
  readonly processRunId: string | null;
}

/** What is known of one evaluation of a check. */
export interface CheckRunRecord extends RecordBase {
  readonly event: 'check_result';
  readonly pipeline: string;
  /** Null when it is not known any more which process its step belongs to. */
  readonly processRunId: string | null;
  readonly process: string | null;
  readonly stepRunId: string;
  readonly step: string;
  /** Which of the step's tables in this run it was, from 1: a retry makes another one. */
  readonly evaluation: number;
  readonly checkName: string;
  readonly checkType: string;
  readonly severity: CheckSeverity;
  readonly status: CheckStatus;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Of the table. */
  readonly rows: number;
  /** How many rows fail; null where the check does not count rows, or could not be evaluated. */
  readonly failing: number | null;
  readonly message: string;
  /** JSON. */
  readonly metrics: string | null;
  /** JSON that says which objects hold the first of the rows that fail; `history.failingRows` reads them. */
  readonly failingRows: string | null;
}

/** A record of any kind. */
export type ExecutionRecord = PipelineRunRecord | ProcessRunRecord | StepRunRecord | CheckRunRecord;

/** All records of one run. */
export interface RunRecords {
  readonly pipeline: PipelineRunRecord;
  readonly processes: readonly ProcessRunRecord[];
  readonly steps: readonly StepRunRecord[];
  readonly checks: readonly CheckRunRecord[];
}

/** An error as records keep it. */
export type RecordedError = Pick<RecordEnd, 'error' | 'errorType' | 'errorMessage'>;

/** What a record of a success says of errors. */
export const noError: RecordedError = Object.freeze({ error: null, errorType: null, errorMessage: null });

/** The first step that failed, as pipelines' and processes' records name it. */
export function failedStep(runId: string, step: string | undefined): FailedStep {
  return step === undefined
    ? { failedStepRunId: null, failedStep: null }
    : { failedStepRunId: stageRunId(runId, step), failedStep: step };
}
