import type { JournalPart } from '../checkpoint/journal.ts';
import type { CompleteRecord, JournalRecord, StageRecord } from '../checkpoint/journal-record.ts';
import type { Json } from '../pipeline/json.ts';
import type { Plan } from '../pipeline/plan.ts';
import { deriveStatus, maxHistory, newStage, noStages, type StageState, type StageStatus } from './stage.ts';
import { isStageEventType, transition, type StageEvent } from './transition.ts';

/** A stage whose status has changed. */
export interface StageUpdate {
  readonly stage: string;
  readonly kind: 'step' | 'process';
  readonly before: StageStatus;
  readonly status: StageStatus;
  readonly message: string;
}

/** The states of a task's stages, as its journal tells them. */
export interface StageStates extends JournalPart {
  /** Called when a status has changed. */
  onUpdate: ((update: StageUpdate) => void) | undefined;
  /** A step's state. */
  step(name: string): StageState;
  /** A process's, made of its steps': its attempts are the most that one of them had. */
  process(name: string): StageState;
  /** Every step and every process of the plan, processes before their steps. */
  all(): ReadonlyMap<string, StageState>;
  /** Every step that the journal tells of, also those that the plan has no more. */
  steps(): Iterable<StageState>;
  /** What the steps add up to. */
  readonly status: StageStatus;
  /** The result of the step that was completed last; null when none is complete. */
  readonly result: Json;
  /** Of all steps together. */
  readonly attempts: number;
}

/** @param journalKey Where manifests stand, unless they say otherwise. */
export function stageStates(plan: Pick<Plan, 'steps' | 'processes'>, journalKey: string): StageStates {
  const planned = new Map(plan.steps.map((step) => [step.name, step]));
  const states = new Map<string, StageState>();
  const task = noStages();
  const processes = new Map(plan.processes.map(({ name }) => [name, noStages()]));
  /** The step that was completed last. */
  let last: string | undefined;

  const count = (name: string, status: StageStatus, by: 1 | -1): void => {
    const step = planned.get(name);
    if (step === undefined) return;
    task[status] += by;
    const process = processes.get(step.process);
    if (process !== undefined) process[status] += by;
  };
  const set = (state: StageState): void => {
    const before = states.get(state.stage);
    if (before !== undefined) count(state.stage, before.status, -1);
    states.set(state.stage, state);
    count(state.stage, state.status, 1);
    if (state.status === 'complete' && before?.status !== 'complete') last = state.stage;
  };
  const setAndTell = (state: StageState, message: string): void => {
    const { stage, status } = state;
    const process = planned.get(stage)?.process;
    const { onUpdate } = self;
    if (process === undefined || onUpdate === undefined) return set(state);
    const before = get(stage).status;
    const processBefore = statusOf(process);
    set(state);
    if (before !== status) onUpdate({ stage, kind: 'step', before, status, message });
    const after = statusOf(process);
    if (after === processBefore) return;
    onUpdate({
      stage: process,
      kind: 'process',
      before: processBefore,
      status: after,
      message: `${stage}: ${message}`,
    });
  };
  const statusOf = (process: string): StageStatus => deriveStatus(processes.get(process) ?? noStages());
  const get = (name: string): StageState => states.get(name) ?? newStage(name);
  const move = (name: string, event: StageEvent): void =>
    setAndTell(transition(get(name), event, planned.get(name)?.timezone), event.message);
  for (const { name } of plan.steps) set(newStage(name));

  const complete = (record: CompleteRecord): void => {
    if (record.put === true) return;
    const state = get(record.step);
    const { manifest } = record;
    const made = {
      fingerprint: manifest?.fingerprint ?? record.fingerprint,
      manifest: manifest === undefined ? undefined : journalKey,
      result: manifest?.result ?? null,
    };
    // Complete already: its manifest was forgotten, and has been found again.
    if (state.status === 'complete') return set(Object.freeze({ ...state, ...made }));
    move(record.step, {
      type: state.status === 'running' ? 'complete' : 'reuse',
      ...facts(record),
      ...made,
    });
  };

  const ofProcess = (name: string): StageState => {
    const steps = (plan.processes.find((process) => process.name === name)?.steps ?? []).map(get);
    // Of those that were completed in the same millisecond the one that is listed last.
    const recent = steps
      .filter(({ status }) => status === 'complete')
      .toSorted((one, other) => one.since - other.since)
      .at(-1);
    return Object.freeze({
      stage: name,
      status: statusOf(name),
      attempts: Math.max(0, ...steps.map(({ attempts }) => attempts)),
      history: steps
        .flatMap(({ stage, history }) =>
          history.map((entry) => ({ ...entry, message: `${stage}: ${entry.message}` })),
        )
        .toSorted((one, other) => Date.parse(one.begin) - Date.parse(other.begin))
        .slice(-maxHistory),
      result: recent?.result ?? null,
      since: Math.max(0, ...steps.map(({ since }) => since)),
    });
  };

  const self: StageStates = {
    onUpdate: undefined,
    apply(record: JournalRecord) {
      if (record.type === 'complete') complete(record);
      if (record.type !== 'stage') return;
      if (!isStageEventType(record.event)) throw new Error(`there is no stage event '${record.event}'`);
      move(record.step, {
        type: record.event,
        ...facts(record),
        code: record.code,
        fingerprint: get(record.step).fingerprint,
      });
    },
    snapshot: () => ({ states: [...states.values()] as unknown as Json, last: last ?? null }),
    restore(snapshot) {
      const { states: kept, last: latest } = snapshot as unknown as {
        states: readonly StageState[];
        last: string | null;
      };
      for (const state of kept) set(Object.freeze(state));
      last = latest ?? undefined;
    },
    step: get,
    steps: () => states.values(),
    process: ofProcess,
    all() {
      const found = new Map<string, StageState>();
      for (const { name, steps } of plan.processes) {
        found.set(name, ofProcess(name));
        for (const step of steps) found.set(step, get(step));
      }
      return found;
    },
    get status() {
      return deriveStatus(task);
    },
    get result() {
      return last === undefined ? null : get(last).result;
    },
    get attempts() {
      return plan.steps.reduce((sum, { name }) => sum + get(name).attempts, 0);
    },
  };
  return self;
}

function facts({ message, at, runId, attempt }: StageRecord | CompleteRecord) {
  return { message, at: Date.parse(at), runId, attempt };
}

/** The step that is at work although what it needs is not complete, if there is one. */
export function contradiction(
  plan: Plan,
  states: StageStates,
): { readonly step: string; readonly needs: string; readonly status: StageStatus } | undefined {
  const steps = new Map(plan.steps.map((step) => [step.name, step]));
  for (const { name, inputs, after } of plan.steps) {
    if (states.step(name).status !== 'running') continue;
    for (const needs of [...inputs, ...after]) {
      // A step without a checkpoint runs while the step that needs it is at work.
      const input = steps.get(needs);
      if (input?.checkpoint === false || input?.auto !== undefined) continue;
      const { status } = states.step(needs);
      if (status !== 'complete') return { step: name, needs, status };
    }
  }
  return undefined;
}
