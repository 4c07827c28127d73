import type { ErrorFacts, StepSnapshot } from '@cairn/core';
import type { TimelineBar, ViewedRun } from '@cairn/web';
import { groupBy } from './group-by.ts';
import type { PastRun, PastStatus } from './past-runs.ts';

/** A run as rows of bars on one axis of time, which begins with the run. */
export interface Timeline {
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds that it took; undefined while it is under way. */
  readonly durationMs: number | undefined;
  readonly rows: readonly TimelineRow[];
}

/** A step and its attempts. */
export interface TimelineRow {
  readonly step: string;
  readonly status: StepSnapshot['status'];
  readonly bars: readonly TimelineSpan[];
  /** Why it stands so, in words. */
  readonly reason: string | undefined;
  readonly error: Pick<ErrorFacts, 'message'> | undefined;
}

/** A part of a row, in milliseconds from the start of the run. */
export interface TimelineSpan {
  readonly from: number;
  /** Undefined while it is at work. */
  readonly to: number | undefined;
  /** `ready`: what it reads is there, and it waits for its turn; `pause`: before it is tried again. */
  readonly kind: TimelineBar['status'] | 'ready' | 'pause';
  /** From 1; 0 where it is no attempt. */
  readonly attempt: number;
}

/** Waits that are shorter are not drawn. */
const shortest = 4;

/**
 * The timeline of a run that a page has seen.
 *
 * @param inputsOf The steps that each one waits for.
 * @param before The one a moment ago: a row that says the same is the same object.
 */
export function timelineOf(
  run: ViewedRun,
  inputsOf: ReadonlyMap<string, readonly string[]> = new Map(),
  before?: Timeline,
): Timeline {
  const known = before?.runId === run.runId ? before.rows : [];
  const bars = groupBy(run.timeline, ({ step }) => step);
  const endOf = (step: string): number | undefined => bars.get(step)?.at(-1)?.endedAt;
  const rows = [...run.steps.values()].map(({ name, status, reason, error }, index): TimelineRow => {
    const own = bars.get(name) ?? [];
    const spans: TimelineSpan[] = [];
    const begin = own[0]?.startedAt;
    if (begin !== undefined && own[0]?.status !== 'reused') {
      const ends = (inputsOf.get(name) ?? []).map(endOf);
      const ready = ends.every((end) => end !== undefined) ? Math.max(run.startedAt, ...ends) : begin;
      if (begin - ready > shortest) spans.push(span('ready', ready, begin));
    }
    for (const [attempt, bar] of own.entries()) {
      const failed = own[attempt - 1]?.endedAt;
      if (failed !== undefined && bar.startedAt - failed > shortest)
        spans.push(span('pause', failed, bar.startedAt));
      spans.push(span(bar.status, bar.startedAt, bar.endedAt, bar.attempt));
    }
    const row = { step: name, status, bars: spans, reason, error };
    const last = known[index];
    return last !== undefined && isSameRow(last, row) ? last : row;
  });
  function span(kind: TimelineSpan['kind'], from: number, to: number | undefined, attempt = 0): TimelineSpan {
    const at = (time: number): number => Math.max(0, time - run.startedAt);
    return { kind, from: at(from), to: to === undefined ? undefined : at(to), attempt };
  }
  const isOver = run.status !== 'running';
  return {
    runId: run.runId,
    startedAt: run.startedAt,
    durationMs: isOver ? run.durationMs : undefined,
    rows,
  };
}

function isSameRow(one: TimelineRow, other: TimelineRow): boolean {
  return (
    one.step === other.step &&
    one.status === other.status &&
    one.reason === other.reason &&
    one.error === other.error &&
    one.bars.length === other.bars.length &&
    one.bars.every(({ kind, from, to }, index) => {
      const bar = other.bars[index];
      return kind === bar?.kind && from === bar.from && to === bar.to;
    })
  );
}

const stepStatus: Readonly<Record<PastStatus, 'complete' | 'failed' | 'canceled'>> = {
  success: 'complete',
  failed: 'failed',
  canceled: 'canceled',
  interrupted: 'canceled',
};

/** The timeline of an earlier run: a bar for each step, since its records tell attempts not apart. */
export function pastTimelineOf({ runId, startedAt, durationMs, steps, account }: PastRun): Timeline {
  const recorded = new Map(steps.map((step) => [step.step, step]));
  const told = new Map(account?.steps.map((step) => [step.step, step]));
  const names = [...new Set([...told.keys(), ...recorded.keys()])];
  const rows = names.map((step): TimelineRow => {
    const [record, about] = [recorded.get(step), told.get(step)];
    const status = about?.status ?? stepStatus[record?.status ?? 'canceled'];
    const from = record === undefined ? 0 : Math.max(0, record.startedAt - startedAt);
    const bars: readonly TimelineSpan[] =
      record === undefined
        ? []
        : [
            {
              from,
              to: from + record.durationMs,
              kind: stepStatus[record.status],
              attempt: about?.attempts ?? 1,
            },
          ];
    const reused: TimelineSpan = { from: 0, to: 0, kind: 'reused', attempt: 0 };
    return {
      step,
      status,
      bars: status === 'reused' && record === undefined ? [reused] : bars,
      reason: about?.why[0],
      error: record?.error === undefined ? undefined : { message: record.error },
    };
  });
  return { runId, startedAt, durationMs, rows };
}

/** The end of an axis of so many milliseconds while they go on: it stands still for a while, and then makes room. */
export function roomFor(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(ms, 1000)));
  return [1, 1.5, 2, 3, 5, 7.5, 10].map((one) => one * power).find((one) => one > ms * 1.04) ?? power * 15;
}

/** Where an axis is marked: at round numbers, so many that about `wanted` of them are seen. */
export function ticksOf(ms: number, wanted: number): readonly number[] {
  const rough = Math.max(ms / Math.max(wanted, 1), 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough;
  return Array.from({ length: Math.floor(ms / step) + 1 }, (_, index) => index * step);
}
