import { errorFacts, type Column, type ErrorFacts, type OpenedTask } from '@cairn/core';
import { readChart, type ChartData } from './chart-query.ts';
import { defaultChart, fitted, type ChartSpec } from './chart-spec.ts';
import type { Session } from './session.ts';
import { quotedName } from './sql-text.ts';
import { createStore, type Readable } from './store.ts';
import { lensOf } from './table-lenses.ts';
import { conditionOf } from './table-query.ts';

/** A chart, and what it shows. */
export interface ChartState {
  /** Undefined when there is nothing that could be drawn. */
  readonly spec: ChartSpec | undefined;
  /** With the chart that it is of; the former one while another is computed. */
  readonly shown: { readonly spec: ChartSpec; readonly data: ChartData } | undefined;
  readonly isWorking: boolean;
  readonly error: ErrorFacts | undefined;
  /** Whether rows are left out because the table's view leaves them out. */
  readonly isFiltered: boolean;
}

/** The chart of a step's table. */
export interface Chart extends Readable<ChartState> {
  readonly columns: readonly Column[];
  draw(part: Partial<ChartSpec>): void;
  close(): void;
}

const known = new WeakMap<Session, Map<string, ChartSpec>>();

/** Draws a step's table as it was drawn last, or else as its columns suggest. */
export function createChart(session: Session, opened: OpenedTask, step: string): Chart {
  const specs = known.get(session) ?? new Map<string, ChartSpec>();
  known.set(session, specs);
  const { columns = [], rows = 0 } = opened.steps.get(step) ?? {};
  const before = specs.get(step);
  const condition = conditionOf(lensOf(session, step).restored(columns), columns);
  const from = `from ${quotedName(step)}${condition === '' ? '' : ` where ${condition}`}`;
  const state = createStore<ChartState>({
    spec: (before === undefined ? undefined : fitted(before, columns)) ?? defaultChart({ columns, rows }),
    shown: undefined,
    isWorking: false,
    error: undefined,
    isFiltered: condition !== '',
  });
  let stop = new AbortController();

  const read = async (): Promise<void> => {
    const { spec } = state.getSnapshot();
    if (spec === undefined) return;
    stop.abort();
    stop = new AbortController();
    const { signal } = stop;
    state.patch({ isWorking: true, error: undefined });
    try {
      const data = await readChart(opened, from, columns, spec, signal);
      if (!signal.aborted) state.patch({ isWorking: false, shown: { spec, data } });
    } catch (error) {
      if (!signal.aborted) state.patch({ isWorking: false, error: errorFacts(error) });
    }
  };
  void read();
  return {
    columns,
    getSnapshot: state.getSnapshot,
    subscribe: state.subscribe,
    draw(part) {
      const { spec } = state.getSnapshot();
      const next = spec === undefined ? undefined : fitted({ ...spec, ...part }, columns);
      if (next === undefined) return;
      specs.set(step, next);
      state.patch({ spec: next });
      void read();
    },
    close: () => stop.abort(),
  };
}
