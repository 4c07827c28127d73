import type { Observer } from '../events/observer.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { recordedEvents, recordFold } from './fold.ts';
import type { RunRecords } from './record.ts';
import { writeRecords } from './record-file.ts';

/** Options of {@link recordsObserver}. */
export interface RecordsObserverOptions {
  /** Where the records go. */
  readonly store: ObjectStore;
  /** What texts of errors go through before they are kept. @default as they are */
  readonly redact?: (text: string) => string;
}

/**
 * Keeps a record of every run, of its processes and of its steps: one file a table, written when the run is over. A
 * runner has one of its own over its own store (its option `records`); this is for another store. It may be told of
 * several runs at a time.
 *
 * Steps that were reused or skipped have not begun, so they have no record.
 */
export function recordsObserver({ store, redact = (text) => text }: RecordsObserverOptions): Observer {
  const fold = recordFold(redact);
  const over: RunRecords[] = [];
  const writing = new Set<Promise<void>>();

  return {
    name: 'records',
    events: recordedEvents,
    onEvent(event) {
      const records = fold.take(event);
      if (records !== undefined) over.push(records);
    },
    async flush() {
      for (const records of over.splice(0)) {
        const work = writeRecords(store, records).finally(() => writing.delete(work));
        writing.add(work);
      }
      // Also what the flush of another run has taken along.
      await Promise.all(writing);
    },
  };
}
