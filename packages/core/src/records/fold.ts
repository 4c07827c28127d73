import type { CairnError } from '../errors/cairn-error.ts';
import type { CairnEvent, EndStatus } from '../events/event.ts';
import { stageRunId } from '../events/event.ts';
import { recordOfCheck } from './check-record.ts';
import {
  failedStep,
  noError,
  type CheckRunRecord,
  type ProcessRunRecord,
  type RecordedError,
  type RunRecords,
  type RunStatus,
  type StepRunRecord,
} from './record.ts';
import { recordedError } from './recorded-error.ts';

type Told<Type extends CairnEvent['type']> = Extract<CairnEvent, { readonly type: Type }>;

/** A step that failed. */
interface Failure {
  readonly step: string;
  readonly process: string;
  readonly error: CairnError;
}

/** How a process or a step ended. */
interface End {
  readonly process: string;
  readonly startedAt: number;
  readonly status: EndStatus;
  readonly durationMs: number;
  readonly error?: CairnError | undefined;
}

/** A run that goes on. */
interface OpenRun {
  readonly start: Told<'pipeline_start'>;
  readonly processStarts: Map<string, number>;
  readonly stepStarts: Map<string, { readonly process: string; readonly at: number }>;
  readonly processEnds: Map<string, End>;
  readonly stepEnds: Map<string, End>;
  /** In order of time. */
  readonly failures: Failure[];
  readonly checks: CheckRunRecord[];
}

/** Makes records of events. */
export interface RecordFold {
  /** Returns the records of a run with its last event. What ends without having begun makes none. */
  take(event: CairnEvent): RunRecords | undefined;
}

/** The types of events that records are made of. */
export const recordedEvents: readonly CairnEvent['type'][] = Object.freeze([
  'pipeline_start',
  'pipeline_end',
  'process_start',
  'process_end',
  'step_start',
  'step_end',
  'step_error',
  'step_skipped',
  'step_reused',
  'check_result',
]);

/** @param redact What a text of an error goes through before it is kept. */
export function recordFold(redact: (text: string) => string): RecordFold {
  const runs = new Map<string, OpenRun>();
  // Mostly there is one run at a time.
  let latest: OpenRun | undefined;
  const open = (event: CairnEvent): OpenRun | undefined => {
    if (latest === undefined || !isOf(latest.start, event)) latest = runs.get(keyOf(event));
    return latest;
  };
  return {
    take(event) {
      switch (event.type) {
        case 'pipeline_start':
          runs.set(keyOf(event), openRun(event));
          break;
        case 'process_start':
          open(event)?.processStarts.set(event.process, event.at);
          break;
        case 'process_end': {
          const run = open(event);
          const startedAt = run?.processStarts.get(event.process);
          if (startedAt === undefined) break;
          const { process, status, durationMs } = event;
          run?.processEnds.set(process, { process, startedAt, status, durationMs });
          break;
        }
        case 'step_start': {
          const { step, process, at } = event;
          open(event)?.stepStarts.set(step, { process, at });
          break;
        }
        case 'step_error': {
          const { step, process, error } = event;
          open(event)?.failures.push({ step, process, error });
          break;
        }
        case 'step_end':
          endStep(open(event), event.step, event.status, event.durationMs, event.error);
          break;
        case 'step_skipped': {
          // It had begun, and then what it needs failed.
          const run = open(event);
          const start = run?.stepStarts.get(event.step);
          if (start !== undefined) endStep(run, event.step, 'failed', event.at - start.at, undefined);
          break;
        }
        case 'check_result': {
          const record = recordOfCheck(event, redact);
          if (record !== undefined) open(event)?.checks.push(record);
          break;
        }
        case 'step_reused':
          open(event)?.stepStarts.delete(event.step);
          break;
        case 'pipeline_end': {
          const run = open(event);
          latest = undefined;
          runs.delete(keyOf(event));
          return run === undefined ? undefined : closeRun(run, event, redact);
        }
        default:
      }
      return undefined;
    },
  };
}

function keyOf({ runId, pipeline, correlationId, attempt }: CairnEvent): string {
  return JSON.stringify([runId, pipeline, correlationId, attempt]);
}

function isOf(start: CairnEvent, { runId, pipeline, correlationId, attempt }: CairnEvent): boolean {
  return (
    start.runId === runId &&
    start.pipeline === pipeline &&
    start.correlationId === correlationId &&
    start.attempt === attempt
  );
}

function openRun(start: Told<'pipeline_start'>): OpenRun {
  return {
    start,
    processStarts: new Map(),
    stepStarts: new Map(),
    processEnds: new Map(),
    stepEnds: new Map(),
    failures: [],
    checks: [],
  };
}

function endStep(
  run: OpenRun | undefined,
  step: string,
  status: EndStatus,
  durationMs: number,
  error: CairnError | undefined,
): void {
  const start = run?.stepStarts.get(step);
  if (start === undefined) return;
  run?.stepStarts.delete(step);
  run?.stepEnds.set(step, { process: start.process, startedAt: start.at, status, durationMs, error });
}

function closeRun(run: OpenRun, end: Told<'pipeline_end'>, redact: (text: string) => string): RunRecords {
  const { start, failures } = run;
  const { runId, correlationId, attempt, pipeline } = start;
  const base = { runId, correlationId, attempt };
  const errors = new Map<unknown, RecordedError>();
  const recorded = (error: unknown): RecordedError => {
    const known = errors.get(error) ?? (error === undefined ? noError : recordedError(error, redact));
    errors.set(error, known);
    return known;
  };
  const facts = (status: EndStatus, startedAt: number, durationMs: number, error: unknown) => ({
    startedAt: new Date(startedAt),
    status: statusOf(status),
    durationMs: wholeMs(durationMs),
    ...(status === 'success' ? noError : recorded(error)),
  });
  const [first] = failures;

  const processes = [...run.processEnds].map(([process, ended]): ProcessRunRecord => {
    const { status, startedAt, durationMs } = ended;
    // One that failed without a failure of its own was blocked by the run's first one, or stopped with the run.
    const failure = failures.find((one) => one.process === process) ?? first;
    const error = status === 'canceled' ? end.error : (failure?.error ?? end.error);
    return Object.freeze({
      event: 'process_end',
      ...base,
      processRunId: stageRunId(runId, process),
      process,
      ...facts(status, startedAt, durationMs, error),
      ...failedStep(runId, status === 'success' ? undefined : failure?.step),
    });
  });
  const steps = [...run.stepEnds].map(([step, ended]): StepRunRecord => {
    const { process, status, startedAt, durationMs } = ended;
    const error = ended.error ?? first?.error ?? end.error;
    return Object.freeze({
      event: 'step_end',
      ...base,
      stepRunId: stageRunId(runId, step),
      step,
      processRunId: stageRunId(runId, process),
      ...facts(status, startedAt, durationMs, error),
    });
  });
  return Object.freeze({
    pipeline: Object.freeze({
      event: 'pipeline_end',
      ...base,
      pipeline,
      pipelineFingerprint: start.pipelineFingerprint,
      ...facts(end.status, start.at, end.durationMs, end.error),
      ...failedStep(runId, end.status === 'success' ? undefined : first?.step),
    }),
    processes: Object.freeze(processes),
    steps: Object.freeze(steps),
    checks: Object.freeze(run.checks),
  });
}

function statusOf(status: EndStatus): RunStatus {
  return status === 'success' ? 'success' : 'failed';
}

/** Clocks that are injected may tell parts of a millisecond, and may be set back. */
export function wholeMs(durationMs: number): number {
  return Math.max(0, Math.round(durationMs));
}
