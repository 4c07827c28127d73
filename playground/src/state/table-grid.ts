import { errorFacts, isCairnError, type ErrorFacts, type KeptAnswer, type OpenedTask } from '@cairn/core';
import { summarizeColumn, type ColumnSummary } from './column-summary.ts';
import { createStore, type Readable } from './store.ts';
import { createPages, type TablePages } from './table-pages.ts';
import {
  allQuery,
  conditionOf,
  isWhole,
  pageQuery,
  placesQuery,
  wholeTable,
  type NamedTable,
  type TableLens,
} from './table-query.ts';
import { quotedName } from './sql-text.ts';

/** A table that a grid can show: of a step, or an answer that is kept. */
export interface GridTable extends NamedTable {
  readonly opened: OpenedTask;
  readonly rows: number;
  /** Whether it is a step's, so that its first rows are there without an engine. */
  readonly isStored: boolean;
}

/** How many rows are seen, and whether that is what was asked for. */
export interface GridState {
  /** What is asked for; what is shown follows. */
  readonly lens: TableLens;
  readonly rows: number;
  readonly isWorking: boolean;
  /** Why the lens shows nothing else than before. */
  readonly error: ErrorFacts | undefined;
}

/** The summary of a column, as far as it is there. */
export type SummaryState =
  | { readonly status: 'working' }
  | { readonly status: 'known'; readonly summary: ColumnSummary }
  | { readonly status: 'failed'; readonly error: ErrorFacts };

/** A table as it is looked at: sorted and filtered by the engine, read page by page, summed up column by column. */
export interface TableGrid {
  readonly table: GridTable;
  readonly state: Readable<GridState>;
  readonly pages: TablePages;
  readonly summaries: Readable<ReadonlyMap<string, SummaryState>>;
  look(lens: Partial<TableLens>): void;
  /** Asks for a column's summary over the rows that the lens shows; does nothing when it is there. */
  summarize(column: string): void;
  /** All rows that are seen, in their order, as SQL. */
  query(): string;
  /** Up to a few thousand rows that are seen. */
  read(window: { readonly offset: number; readonly limit: number }): ReturnType<OpenedTask['query']>;
  /** Tries again what failed. */
  retry(): void;
  close(): void;
}

/** So few of the first rows come from the checkpoint, without an engine. */
const rowsWithoutEngine = 2000;
let count = 0;

/** Looks at a table. */
export function createGrid(table: GridTable, lens: TableLens = wholeTable): TableGrid {
  const { opened, columns, isStored } = table;
  const state = createStore<GridState>({ lens, rows: table.rows, isWorking: false, error: undefined });
  const summaries = createStore<ReadonlyMap<string, SummaryState>>(new Map());
  let places: KeptAnswer | undefined;
  let condition = '';
  let stop = new AbortController();
  let stopSums = new AbortController();
  let asked: string[] = [];
  let isSumming = false;
  let isClosed = false;

  const read: TableGrid['read'] = async ({ offset, limit }) => {
    if (places === undefined && isStored && offset + limit <= rowsWithoutEngine)
      return (await opened.table(table.table, { limit: offset + limit })).slice(offset, offset + limit);
    return opened.query(pageQuery(table, places?.name, { offset, limit }));
  };
  const pages = createPages(read);

  const show = (kept: KeptAnswer | undefined, of: TableLens): void => {
    void places?.drop();
    places = kept;
    const changed = conditionOf(of, columns);
    if (changed !== condition) {
      condition = changed;
      stopSums.abort();
      stopSums = new AbortController();
      asked = [];
      summaries.set(new Map());
    }
    state.patch({ rows: kept?.rows ?? table.rows, isWorking: false, error: undefined });
    pages.clear();
  };
  const look = async (next: TableLens): Promise<void> => {
    stop.abort();
    const own = new AbortController();
    stop = own;
    state.patch({ lens: next, isWorking: true, error: undefined });
    try {
      if (isWhole(next, columns)) return show(undefined, next);
      const name = `cairn view ${(count += 1)}`;
      const kept = await opened.keep(name, placesQuery(next, table), { signal: own.signal });
      if (own.signal.aborted) await kept.drop();
      else show(kept, next);
    } catch (error) {
      if (!own.signal.aborted) state.patch({ isWorking: false, error: errorFacts(error) });
    }
  };

  const note = (column: string, summary: SummaryState | undefined): void => {
    const next = new Map(summaries.getSnapshot());
    if (summary === undefined) next.delete(column);
    else next.set(column, summary);
    summaries.set(next);
  };
  /** One after the other, and after the rows, which somebody waits for. */
  const sumUp = async (): Promise<void> => {
    if (isSumming) return;
    isSumming = true;
    for (let name = asked.shift(); name !== undefined; name = asked.shift()) {
      const column = columns.find((one) => one.name === name);
      const { signal } = stopSums;
      await pages.idle();
      if (column === undefined || signal.aborted) continue;
      const from = `from ${quotedName(table.table)}${condition === '' ? '' : ` where ${condition}`}`;
      try {
        const summary = await summarizeColumn(opened, from, column, {
          rows: state.getSnapshot().rows,
          signal,
        });
        if (!signal.aborted) note(name, { status: 'known', summary });
      } catch (error) {
        if (!signal.aborted && !isCairnError(error, 'already_closed'))
          note(name, { status: 'failed', error: errorFacts(error) });
      }
    }
    isSumming = false;
  };

  if (!isWhole(lens, columns)) void look(lens);
  return {
    table,
    state,
    pages,
    summaries,
    look: (part) => void look({ ...state.getSnapshot().lens, ...part }),
    summarize(column) {
      if (isClosed || summaries.getSnapshot().has(column)) return;
      note(column, { status: 'working' });
      asked.push(column);
      void sumUp();
    },
    query: () => allQuery(table, places?.name),
    read,
    retry() {
      const { lens: now, error } = state.getSnapshot();
      if (error !== undefined) void look(now);
      for (const [column, { status }] of summaries.getSnapshot())
        if (status === 'failed') note(column, undefined);
      pages.clear();
    },
    close() {
      isClosed = true;
      stop.abort();
      stopSums.abort();
      asked = [];
      void places?.drop();
      places = undefined;
    },
  };
}
