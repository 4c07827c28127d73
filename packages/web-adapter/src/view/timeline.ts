import type { CairnEvent, ErrorFacts, PlannedStages, StepSnapshot } from '@cairn/core';

/** One attempt at a step, or its reuse, as a bar on a time axis. */
export interface TimelineBar {
  readonly step: string;
  readonly process: string;
  /** `source`, `sql`, `transform`, `fanIn`, `sink` or `effect`. */
  readonly kind: string;
  /** From 1; 0 for a step that was reused, whose bar has no length. */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds since the epoch; undefined while it is at work. */
  readonly endedAt?: number | undefined;
  readonly status: 'running' | 'complete' | 'reused' | 'failed' | 'canceled';
  /** What the attempt failed of. */
  readonly error?: ErrorFacts | undefined;
}

/** Draws the bars of one run, each event in constant time. */
export interface Timeline {
  /** Takes note of how a step stood before an event, and after it. */
  note(at: number, before: StepSnapshot | undefined, after: StepSnapshot | undefined): void;
  /** Ends what is still at work. */
  end(at: number): void;
  /** In the order in which they began: the same list until one has changed. */
  bars(): readonly TimelineBar[];
}

const endings: Partial<Record<StepSnapshot['status'], TimelineBar['status']>> = {
  complete: 'complete',
  reused: 'reused',
  failed: 'failed',
  retrying: 'failed',
};

export function timeline(processes: readonly PlannedStages[]): Timeline {
  const processOf = new Map(processes.flatMap(({ name, steps }) => steps.map((step) => [step.name, name])));
  const bars: TimelineBar[] = [];
  const lastOf = new Map<string, number>();
  let made: readonly TimelineBar[] | undefined;

  const last = (step: string): TimelineBar | undefined => bars[lastOf.get(step) ?? -1];
  const begin = (
    { name: step, kind }: StepSnapshot,
    facts: Pick<TimelineBar, 'attempt' | 'startedAt' | 'endedAt' | 'status'>,
  ): void => {
    lastOf.set(
      step,
      bars.push(Object.freeze({ step, process: processOf.get(step) ?? '', kind, ...facts })) - 1,
    );
    made = undefined;
  };
  const change = (step: string, facts: Partial<TimelineBar>): void => {
    const [index, bar] = [lastOf.get(step), last(step)];
    if (index === undefined || bar === undefined) return;
    bars[index] = Object.freeze({ ...bar, ...facts });
    made = undefined;
  };

  return {
    note(at, before, after) {
      if (before === undefined || after === undefined || before === after) return;
      const { name, attempts, status, error } = after;
      if (attempts > before.attempts) {
        if (last(name)?.status === 'running') change(name, { status: 'failed', endedAt: at });
        begin(after, { attempt: attempts, startedAt: at, status: 'running' });
      }
      const bar = last(name);
      if (status === 'reused' && before.status !== 'reused')
        begin(after, { attempt: 0, startedAt: at, endedAt: at, status });
      else if (bar?.status === 'running' && status !== 'running')
        change(name, { status: endings[status] ?? 'canceled', endedAt: at });
      if (error !== undefined && error !== before.error && bar?.attempt === attempts) change(name, { error });
    },
    end(at) {
      for (const step of lastOf.keys())
        if (last(step)?.status === 'running') change(step, { status: 'canceled', endedAt: at });
    },
    bars: () => (made ??= Object.freeze([...bars])),
  };
}

/** The step that an event is about. */
export function stepOf(event: CairnEvent): string | undefined {
  if ('step' in event) return event.step;
  return event.type === 'stage_updated' && event.kind === 'step' ? event.stage : undefined;
}
