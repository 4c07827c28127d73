import { errorFacts, isCairnError, type ErrorFacts, type OpenedTask, type SinkConnector } from '@cairn/core';
import { createStore, type Readable } from './store.ts';

/** What a table can be saved as. */
export type ExportFormat = 'csv' | 'parquet' | 'arrow';

/** Where a table goes. */
export interface ExportTarget {
  readonly sink: SinkConnector<never>;
  /** Of the file. */
  readonly name: string;
}

/** Lets the user say where a table goes. */
export interface Exports {
  /**
   * Must be called while the browser still knows that the user pressed something.
   *
   * @param name Of the file, without its ending.
   * @returns undefined when the user thought better of it
   */
  choose(format: ExportFormat, name: string): Promise<ExportTarget | undefined>;
}

/** How an export stands. */
export type ExportState =
  | { readonly status: 'idle' }
  | {
      readonly status: 'writing';
      readonly name: string;
      /** From 0 to 1; undefined before the first rows are written. */
      readonly share: number | undefined;
    }
  | { readonly status: 'done'; readonly name: string; readonly rows: number; readonly bytes: number }
  | { readonly status: 'failed'; readonly error: ErrorFacts };

/** Saves what is seen of a table, one at a time. */
export interface TableExport extends Readable<ExportState> {
  start(
    opened: Pick<OpenedTask, 'write'>,
    query: string,
    target: Promise<ExportTarget | undefined>,
  ): Promise<void>;
  cancel(): void;
  /** Forgets how the last one ended. */
  dismiss(): void;
}

export function createTableExport(): TableExport {
  const state = createStore<ExportState>({ status: 'idle' });
  let stop = new AbortController();
  return {
    getSnapshot: state.getSnapshot,
    subscribe: state.subscribe,
    async start(opened, query, target) {
      if (state.getSnapshot().status === 'writing') return;
      stop = new AbortController();
      const { signal } = stop;
      try {
        const chosen = await target;
        if (chosen === undefined) return;
        const { name, sink } = chosen;
        state.set({ status: 'writing', name, share: undefined });
        const receipt = await opened.write(query, sink, {
          signal,
          onProgress: (done, total) =>
            state.set({ status: 'writing', name, share: total ? done / total : undefined }),
        });
        state.set({
          status: 'done',
          name,
          rows: Number(receipt['rows']),
          bytes: Number(receipt['bytes']),
        });
      } catch (error) {
        state.set(
          isCairnError(error, 'canceled')
            ? { status: 'idle' }
            : { status: 'failed', error: errorFacts(error) },
        );
      }
    },
    cancel: () => stop.abort('canceled by the user'),
    dismiss: () => state.set({ status: 'idle' }),
  };
}
