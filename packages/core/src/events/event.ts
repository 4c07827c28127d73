import type { CairnError } from '../errors/cairn-error.ts';

/** Which run it is, and which process of it. */
export interface RunContext {
  readonly runId: string;
  /** Null when resuming was turned off. */
  readonly correlationId: string | null;
  /** 1 for the first run of a task. */
  readonly attempt: number;
  /** False when the caller would try again after a failure. */
  readonly lastAttempt: boolean;
  /** The run of a process: {@link stageRunId}. Null for what concerns the whole run. */
  readonly processRunId: string | null;
}

/** Names the run of one step or process within a run of its pipeline: `<runId>:<name>`. */
export function stageRunId(runId: string, stage: string): string {
  return `${runId}:${stage}`;
}

/** What every event tells: whose it is and when it happened. */
export interface EventBase extends RunContext {
  readonly pipeline: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What every event about a step tells. */
export interface StepEventBase {
  readonly step: string;
  readonly process: string;
  /** The run of the step: {@link stageRunId}. */
  readonly stepRunId: string;
}

/** A process and its steps, as a run announces them before it begins with any. */
export interface PlannedStages {
  readonly name: string;
  /** `kind` is `source`, `sql`, `transform`, `fanIn`, `sink` or `effect`. */
  readonly steps: readonly { readonly name: string; readonly kind: string }[];
}

/** How a step, a process or a pipeline ended. */
export type EndStatus = 'success' | 'failed' | 'canceled';

/** Whether a circuit lets attempts through: all of them, none, or a few to see whether it works again. */
export type CircuitState = 'closed' | 'open' | 'half_open';

/** What happens in a run. Told in order of time; a step's error comes before its end. */
export type EventBody =
  | {
      readonly type: 'pipeline_start';
      /** Every step that the run is about, in the order of the plan: all, or what is included. */
      readonly steps: readonly string[];
      /** The same by process, in listing order. */
      readonly processes: readonly PlannedStages[];
      /** What the pipeline and its params are, hashed: {@link pipelineFingerprint}. */
      readonly pipelineFingerprint: string;
    }
  | {
      readonly type: 'pipeline_end';
      readonly status: EndStatus;
      readonly durationMs: number;
      readonly error?: CairnError | undefined;
    }
  | { readonly type: 'process_start'; readonly process: string }
  | {
      readonly type: 'process_end';
      readonly process: string;
      readonly status: EndStatus;
      readonly durationMs: number;
    }
  | (StepEventBase & {
      readonly type: 'step_start';
      readonly kind: string;
      /** Why it runs, in words. */
      readonly reason: string;
    })
  | (StepEventBase & {
      readonly type: 'step_end';
      readonly status: EndStatus;
      readonly durationMs: number;
      readonly contentHash?: string | undefined;
      readonly rows?: number | undefined;
      readonly bytes?: number | undefined;
      /** Why it failed or was cancelled. */
      readonly error?: CairnError | undefined;
    })
  | (StepEventBase & { readonly type: 'step_error'; readonly error: CairnError })
  | (StepEventBase & {
      /** The step has failed and is begun again; before its start, when it could not be found out what it reads. */
      readonly type: 'step_retry';
      /** The attempt that failed, of this run. */
      readonly stepAttempt: number;
      /** How long it waits before, in milliseconds. */
      readonly delayMs: number;
      readonly error: CairnError;
    })
  | (StepEventBase & {
      /** An attempt at the step has changed the state of its circuit. */
      readonly type: 'circuit_state';
      /** The circuit's name. */
      readonly circuit: string;
      readonly before: CircuitState;
      readonly state: CircuitState;
      /** When an open one will be half-open, in milliseconds since the epoch. */
      readonly until?: number | undefined;
    })
  | {
      /** The status of a step or a process has changed, and the task's journal says so. */
      readonly type: 'stage_updated';
      readonly stage: string;
      readonly kind: 'step' | 'process';
      readonly before: string;
      readonly status: string;
      readonly message: string;
    }
  | (StepEventBase & {
      readonly type: 'step_reused';
      /** Where the checkpoint stood. */
      readonly from: 'run' | 'correlation' | 'cache';
      readonly fingerprint: string;
      readonly contentHash?: string | undefined;
      readonly rows?: number | undefined;
      readonly bytes?: number | undefined;
    })
  | (StepEventBase & { readonly type: 'step_skipped'; readonly reason: string })
  | (StepEventBase & {
      /** A check of a step's table has come out; all of a table's come one after the other. */
      readonly type: 'check_result';
      readonly check: string;
      /** Such as `notNull`. */
      readonly checkType: string;
      /** `warn`: what does not pass is told, and the step goes on. */
      readonly severity: 'error' | 'warn';
      /** `errored`: it could not be evaluated. */
      readonly status: 'passed' | 'failed' | 'errored';
      /**
       * Which of the step's tables in this run it was, from 1: a retry makes another one. 0 for a reused table that is
       * known to fail a check of severity `warn`: nothing was evaluated.
       */
      readonly evaluation: number;
      /** Of the table. */
      readonly rows: number;
      /** How many rows fail; null where the check does not count rows. */
      readonly failing: number | null;
      /** What was found, in a few words without values of the table. */
      readonly message: string;
      /** What it has measured; null when that is nothing. */
      readonly metrics: Readonly<Record<string, unknown>> | null;
      /** The first of the rows that fail, as they are stored; null when none were kept. */
      readonly failingRows: { readonly rows: number; readonly [field: string]: unknown } | null;
      /** Milliseconds since the epoch. */
      readonly startedAt: number;
      readonly durationMs: number;
    })
  | (StepEventBase & {
      readonly type: 'checkpoint_written';
      readonly scope: 'cache' | 'correlation' | 'run';
      readonly fingerprint: string;
      readonly contentHash?: string | undefined;
      readonly rows: number;
      readonly bytes: number;
      readonly parts: number;
    })
  | (StepEventBase & { readonly type: 'checkpoint_damaged'; readonly error: CairnError })
  | (StepEventBase & {
      readonly type: 'progress';
      readonly done: number;
      readonly total?: number | undefined;
    })
  | {
      /** The engine is being fetched, which a browser does at its first use. */
      readonly type: 'engine_loading';
      /** Bytes so far. */
      readonly bytes: number;
      /** Bytes in all; undefined where the server does not say. */
      readonly total?: number | undefined;
    }
  | { readonly type: 'cleanup_failed'; readonly error: CairnError }
  | {
      readonly type: 'warning';
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    };

/** Something that happened in a run, as observers are told of it. */
export type CairnEvent = EventBase & EventBody;
