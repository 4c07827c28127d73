import { errorFacts, isCairnError, type ErrorFacts, type KeptAnswer } from '@cairn/core';
import { tablesOf } from './opened-tables.ts';
import type { Session } from './session.ts';
import { createStore, type Readable } from './store.ts';
import { createGrid, type TableGrid } from './table-grid.ts';

/** A query that was asked. */
export interface AskedQuery {
  readonly sql: string;
  /** Undefined when it failed. */
  readonly rows: number | undefined;
}

/** What is asked, and what came of it. */
export interface SqlState {
  readonly text: string;
  /** When the query that runs was begun, in milliseconds since the epoch; undefined while none runs. */
  readonly since: number | undefined;
  readonly error: ErrorFacts | undefined;
  /** Where in the text the error is. */
  readonly position: number | undefined;
  readonly result:
    | { readonly grid: TableGrid; readonly sql: string; readonly durationMs: number }
    | undefined;
  /** Whether a result had to go because the tables that it was made of are others now. */
  readonly isOutdated: boolean;
  /** The last first, each text once. */
  readonly history: readonly AskedQuery[];
}

/** Asks SQL over all steps of the project. */
export interface SqlBox extends Readable<SqlState> {
  write(text: string): void;
  /** Asks what is written, or a part of it. */
  ask(sql?: string): Promise<void>;
  cancel(): void;
}

const mostQueries = 50;
const known = new WeakMap<Session, SqlBox>();
let count = 0;

/** The same for a session, however often its panel is shown. */
export function sqlBoxOf(session: Session): SqlBox {
  const box = known.get(session) ?? createSqlBox(session);
  known.set(session, box);
  return box;
}

function createSqlBox(session: Session): SqlBox {
  const tables = tablesOf(session);
  const state = createStore<SqlState>({
    text: '',
    since: undefined,
    error: undefined,
    position: undefined,
    result: undefined,
    isOutdated: false,
    history: [],
  });
  let stop = new AbortController();
  let answer: KeptAnswer | undefined;

  const release = (): void => {
    state.getSnapshot().result?.grid.close();
    void answer?.drop();
    answer = undefined;
  };
  const note = (sql: string, rows: number | undefined): void => {
    const others = state.getSnapshot().history.filter((one) => one.sql !== sql);
    state.patch({ history: [{ sql, rows }, ...others].slice(0, mostQueries) });
  };
  tables.subscribe(() => {
    const { result } = state.getSnapshot();
    const now = tables.getSnapshot();
    if (result === undefined || (now.status === 'open' && now.opened === result.grid.table.opened)) return;
    release();
    state.patch({ result: undefined, isOutdated: true });
  });

  return {
    getSnapshot: state.getSnapshot,
    subscribe: state.subscribe,
    write: (text) => state.patch({ text }),
    async ask(sql) {
      const now = tables.getSnapshot();
      const { text, since } = state.getSnapshot();
      // A statement may end with a semicolon, but it is one statement.
      const asked = (sql ?? text).trimEnd().replace(/;$/, '');
      if (now.status !== 'open' || since !== undefined || asked.trim() === '') return;
      const { opened } = now;
      stop = new AbortController();
      const { signal } = stop;
      const begun = Date.now();
      state.patch({ since: begun, error: undefined, position: undefined, isOutdated: false });
      try {
        const kept = await opened.keep(`cairn answer ${(count += 1)}`, asked, { signal });
        release();
        answer = kept;
        const { name, columns, rows } = kept;
        const grid = createGrid({ opened, table: name, columns, rows, isStored: false });
        state.patch({ result: { grid, sql: asked, durationMs: Date.now() - begun } });
        note(asked, rows);
      } catch (error) {
        if (isCairnError(error, 'canceled')) return;
        note(asked, undefined);
        const facts = errorFacts(error);
        const at = isCairnError(error) ? error.details['position'] : undefined;
        const from = sql === undefined ? 0 : Math.max(0, text.indexOf(sql));
        state.patch({ error: facts, position: typeof at === 'number' ? from + at : undefined });
      } finally {
        state.patch({ since: undefined });
      }
    },
    cancel: () => stop.abort('canceled by the user'),
  };
}
