import { errorFacts, type ErrorFacts } from './error-facts.ts';
import type { CairnEvent } from './event.ts';
import type {
  CheckSnapshot,
  ProcessSnapshot,
  ProcessSnapshotStatus,
  RunSnapshot,
  StepSnapshot,
  StepSnapshotStatus,
} from './run-snapshot.ts';

type StartEvent = Extract<CairnEvent, { readonly type: 'pipeline_start' }>;
type EndEvent = Extract<CairnEvent, { readonly type: 'pipeline_end' }>;

/** Makes snapshots of one run out of its events. */
export interface SnapshotFold {
  /** Takes note of an event, in constant time. False when it changes nothing that a snapshot shows. */
  push(event: CairnEvent): boolean;
  /** How the run stands: the same object until something has changed, undefined before it has begun. */
  snapshot(): RunSnapshot | undefined;
  /** How one step of it stands, in constant time. */
  step(name: string): StepSnapshot | undefined;
}

/**
 * Folds the events of one run, which may come from another thread or page; a second `pipeline_start` begins anew.
 *
 * @example
 * const fold = foldSnapshot();
 * channel.onmessage = ({ data }) => fold.push(data) && draw(fold.snapshot());
 */
export function foldSnapshot(): SnapshotFold {
  let run: RunState | undefined;
  return {
    push(event) {
      if (event.type === 'pipeline_start') {
        run = runState(event);
        return true;
      }
      return run?.push(event) ?? false;
    },
    snapshot: () => run?.snapshot(),
    step: (name) => run?.step(name),
  };
}

interface RunState {
  push(event: CairnEvent): boolean;
  snapshot(): RunSnapshot;
  step(name: string): StepSnapshot | undefined;
}

/** What is known of a process; its list of steps is copied only when a snapshot is made after one of them changed. */
interface ProcessState {
  readonly steps: StepSnapshot[];
  status: ProcessSnapshotStatus;
  made: ProcessSnapshot | undefined;
}

const ended = { success: 'complete', failed: 'failed', canceled: 'canceled' } as const;

function runState(start: StartEvent): RunState {
  const { pipeline, runId, correlationId, attempt, at: startedAt } = start;
  const processes = new Map<string, ProcessState>();
  const places = new Map<string, readonly [ProcessState, number]>();
  for (const { name, steps } of start.processes) {
    const process: ProcessState = {
      steps: steps.map((step) => Object.freeze({ ...step, status: 'waiting', attempts: 0 })),
      status: 'waiting',
      made: undefined,
    };
    processes.set(name, process);
    steps.forEach((step, index) => places.set(step.name, [process, index]));
  }
  const counts: Record<StepSnapshotStatus | 'total', number> = {
    waiting: places.size,
    running: 0,
    retrying: 0,
    complete: 0,
    reused: 0,
    skipped: 0,
    failed: 0,
    canceled: 0,
    total: places.size,
  };
  let status: RunSnapshot['status'] = 'running';
  let durationMs = 0;
  let engineLoading: RunSnapshot['engineLoading'];
  let error: ErrorFacts | undefined;
  let made: RunSnapshot | undefined;
  let madeCounts: RunSnapshot['counts'] | undefined;
  let madeProcesses: RunSnapshot['processes'] | undefined;

  const step = (name: string): StepSnapshot | undefined => {
    const place = places.get(name);
    return place?.[0].steps[place[1]];
  };

  const change = (name: string, facts: Partial<StepSnapshot>): boolean => {
    const place = places.get(name);
    const before = step(name);
    if (place === undefined || before === undefined) return false;
    const [process, index] = place;
    const after = Object.freeze({ ...before, ...facts });
    process.steps[index] = after;
    process.made = undefined;
    madeProcesses = undefined;
    if (after.status !== before.status) {
      counts[before.status] -= 1;
      counts[after.status] += 1;
      madeCounts = undefined;
    }
    return true;
  };

  const changeProcess = (name: string, to: ProcessSnapshotStatus): boolean => {
    const process = processes.get(name);
    if (process === undefined || process.status === to) return false;
    process.status = to;
    process.made = undefined;
    madeProcesses = undefined;
    return true;
  };

  /** Steps whose stage was running in this run: what comes before is left of the run before it. */
  const begun = new Set<string>();
  /** The task's journal knows when a step that failed, or lost its engine, is begun again. */
  const stageUpdated = (name: string, to: string): boolean => {
    const known = step(name);
    if (!begun.has(name)) {
      if (to === 'running') begun.add(name);
      return false;
    }
    if (known?.status === 'retrying' && to === 'running')
      return change(name, { status: 'running', attempts: known.attempts + 1 });
    if (known?.status === 'running' && to === 'retry') return change(name, { status: 'retrying' });
    return false;
  };

  /** What has no end of its own had no part in the run. */
  const end = (event: EndEvent): boolean => {
    status = event.status;
    durationMs = event.durationMs;
    engineLoading = undefined;
    if (event.error !== undefined) error = errorFacts(event.error);
    const rest = event.status === 'canceled' ? 'canceled' : 'skipped';
    for (const [name, { steps, status }] of processes) {
      for (const one of steps) {
        if (one.status === 'waiting' || one.status === 'running' || one.status === 'retrying')
          change(one.name, { status: one.status === 'waiting' ? rest : 'canceled' });
      }
      if (status === 'waiting' || status === 'running') changeProcess(name, rest);
    }
    return true;
  };

  const fold = (event: CairnEvent): boolean => {
    switch (event.type) {
      case 'process_start':
        return changeProcess(event.process, 'running');
      case 'process_end':
        return changeProcess(event.process, event.status);
      case 'step_start': {
        const attempts = (step(event.step)?.attempts ?? 0) + 1;
        // It knows nothing yet of what it makes.
        return change(event.step, {
          rows: undefined,
          bytes: undefined,
          done: undefined,
          total: undefined,
          durationMs: undefined,
          error: undefined,
          checks: undefined,
          status: 'running',
          attempts,
          reason: event.reason,
          startedAt: event.at,
        });
      }
      case 'progress':
        return change(event.step, { done: event.done, total: event.total });
      case 'step_error':
        return change(event.step, { error: errorFacts(event.error) });
      case 'step_retry':
        return change(event.step, {
          status: 'retrying',
          attempts: event.stepAttempt,
          checks: undefined,
          error: errorFacts(event.error),
          done: undefined,
          total: undefined,
        });
      case 'check_result': {
        const { check: name, severity, status, failing, message } = event;
        const own: CheckSnapshot = Object.freeze({ name, severity, status, failing, message });
        const others = (step(event.step)?.checks ?? []).filter((one) => one.name !== name);
        return change(event.step, { checks: Object.freeze([...others, own]) });
      }
      case 'checkpoint_written':
        return change(event.step, { rows: event.rows, bytes: event.bytes });
      case 'step_end': {
        const { rows, bytes } = event;
        return change(event.step, {
          status: ended[event.status],
          durationMs: event.durationMs,
          ...(event.status === 'success' ? { rows, bytes, error: undefined } : {}),
        });
      }
      case 'step_reused': {
        const { rows, bytes } = event;
        return change(event.step, {
          status: 'reused',
          rows,
          bytes,
          reason: `reused from ${event.from === 'cache' ? 'cache' : 'an earlier run'}`,
        });
      }
      case 'step_skipped':
        return change(event.step, { status: 'skipped', reason: event.reason });
      case 'stage_updated':
        return event.kind === 'step' && stageUpdated(event.stage, event.status);
      case 'engine_loading': {
        const { bytes, total } = event;
        engineLoading = bytes === total ? undefined : Object.freeze({ bytes, total });
        return true;
      }
      case 'pipeline_end':
        return end(event);
      default:
        return false;
    }
  };

  return {
    step,
    push(event) {
      if (!fold(event)) return false;
      // What a server does not tell the end of has come once a step is done.
      if (event.type === 'step_end') engineLoading = undefined;
      if (event.type !== 'pipeline_end') durationMs = event.at - startedAt;
      made = undefined;
      return true;
    },
    snapshot() {
      madeCounts ??= Object.freeze({ ...counts });
      madeProcesses ??= Object.freeze([...processes].map(([name, process]) => snapshotOf(name, process)));
      made ??= Object.freeze({
        pipeline,
        runId,
        correlationId,
        attempt,
        status,
        startedAt,
        durationMs,
        processes: madeProcesses,
        counts: madeCounts,
        ...(engineLoading === undefined ? {} : { engineLoading }),
        ...(error === undefined ? {} : { error }),
      });
      return made;
    },
  };
}

function snapshotOf(name: string, process: ProcessState): ProcessSnapshot {
  const { status } = process;
  return (process.made ??= Object.freeze({ name, status, steps: Object.freeze([...process.steps]) }));
}
