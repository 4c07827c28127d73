import type { Table } from 'apache-arrow';
import { createAsker, type Asker } from './asked.ts';
import { readyQueries, type ReadyQuery } from './history-queries.ts';
import type { Session } from './session.ts';
import { createStore, type Store } from './store.ts';

/** SQL over the records, as it is written and answered. */
export interface HistorySql {
  readonly ready: readonly ReadyQuery[];
  readonly text: Store<string>;
  readonly answer: Asker<Table>;
  /** Which side of the history is seen. */
  readonly side: Store<string>;
  ask(): void;
}

const known = new WeakMap<Session, HistorySql>();

/** The same for as long as the project is open. */
export function historySqlOf(session: Session): HistorySql {
  const before = known.get(session);
  if (before !== undefined) return before;
  const ready = readyQueries(session.project.getSnapshot().id);
  const text = createStore(ready[0]?.sql ?? '');
  const answer = createAsker<Table>();
  const made: HistorySql = {
    ready,
    text,
    answer,
    side: createStore('runs'),
    ask() {
      void answer.ask(async () => {
        const { runner } = await session.bench();
        const history = await runner.history();
        try {
          return await history.query(text.getSnapshot());
        } finally {
          await history.close();
        }
      });
    },
  };
  known.set(session, made);
  return made;
}
