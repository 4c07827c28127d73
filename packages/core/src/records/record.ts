import { stageRunId } from '../events/event.ts';

/** How a run ended, as records keep it. A cancelled run is `failed`, with the error type `canceled`. */
export type RunStatus = 'success' | 'failed';

/** Which table of records. */
export type RecordKind = 'pipeline' | 'process' | 'step';

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

/** A record of any kind. */
export type ExecutionRecord = PipelineRunRecord | ProcessRunRecord | StepRunRecord;

/** All records of one run. */
export interface RunRecords {
  readonly pipeline: PipelineRunRecord;
  readonly processes: readonly ProcessRunRecord[];
  readonly steps: readonly StepRunRecord[];
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
