import { errorFacts, type ErrorFacts } from '@cairn/core';
import type { Table } from 'apache-arrow';
import { cellAt, type Cell } from './cell-text.ts';
import { createStore, type Readable } from './store.ts';

/** How many rows are read at once, how many such pages are kept, and how many are read at a time. */
export const pageRows = 200;
const [mostPages, atOnce] = [50, 2];

/** The rows of a table that somebody looks at, page by page. */
export interface TablePages {
  /** Changes whenever rows have come. */
  readonly version: Readable<number>;
  readonly error: Readable<ErrorFacts | undefined>;
  /** Reads these rows, and nothing that was wanted before and is not begun yet. */
  want(from: number, to: number): void;
  /** Undefined while it is on its way. */
  cell(row: number, column: number): Cell | undefined;
  /** Resolves once nothing is being read. */
  idle(): Promise<void>;
  /** Forgets all rows. */
  clear(): void;
}

/** @param read Reads a window of the rows that there are now. */
export function createPages(
  read: (window: { readonly offset: number; readonly limit: number }) => Promise<Table>,
): TablePages {
  const version = createStore(0);
  const error = createStore<ErrorFacts | undefined>(undefined);
  /** The ones that were looked at last are last. */
  let pages = new Map<number, Table>();
  let round = 0;
  let wanted: readonly number[] = [];
  const reading = new Set<number>();
  let whenIdle: (() => void)[] = [];

  const changed = (): void => version.set(version.getSnapshot() + 1);
  const next = (): void => {
    while (reading.size < atOnce) {
      const page = wanted.find((one) => !pages.has(one) && !reading.has(one));
      if (page === undefined) break;
      void load(page);
    }
    if (reading.size > 0) return;
    const waiting = whenIdle;
    whenIdle = [];
    for (const tell of waiting) tell();
  };
  const load = async (page: number): Promise<void> => {
    const own = round;
    reading.add(page);
    try {
      const table = await read({ offset: page * pageRows, limit: pageRows });
      if (own !== round) return;
      pages.set(page, table);
      for (const old of pages.keys()) {
        if (pages.size <= mostPages) break;
        if (!wanted.includes(old)) pages.delete(old);
      }
      error.set(undefined);
      changed();
    } catch (thrown) {
      if (own !== round) return;
      wanted = [];
      error.set(errorFacts(thrown));
    } finally {
      if (own === round) {
        reading.delete(page);
        next();
      }
    }
  };

  return {
    version,
    error,
    want(from, to) {
      const [first, last] = [Math.floor(from / pageRows), Math.floor(Math.max(from, to - 1) / pageRows)];
      wanted = Array.from({ length: last - first + 1 }, (_, at) => first + at);
      for (const page of wanted) {
        const known = pages.get(page);
        if (known === undefined) continue;
        pages.delete(page);
        pages.set(page, known);
      }
      if (error.getSnapshot() === undefined) next();
    },
    cell(row, column) {
      const page = Math.floor(row / pageRows);
      const found = pages.get(page)?.getChildAt(column);
      if (found === undefined || found === null) return undefined;
      const at = row - page * pageRows;
      return at < found.length ? cellAt(found, at) : undefined;
    },
    idle: () => (reading.size === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
    clear() {
      round += 1;
      reading.clear();
      pages = new Map();
      error.set(undefined);
      changed();
      next();
    },
  };
}
