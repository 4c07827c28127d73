import type { Column } from '@cairn/core';
import type { Session } from './session.ts';
import type { TableGrid } from './table-grid.ts';
import { wholeTable, type TableLens } from './table-query.ts';

const known = new WeakMap<Session, Map<string, TableLens>>();

/** How a step's table was looked at last: it is looked at so again, also after another run. */
export function lensOf(
  session: Session,
  step: string,
): {
  /** As far as the table still has its columns. */
  restored(columns: readonly Column[]): TableLens;
  /** Remembers what a grid shows; returns a function that ends it. */
  follow(grid: TableGrid): () => void;
} {
  const lenses = known.get(session) ?? new Map<string, TableLens>();
  known.set(session, lenses);
  return {
    restored(columns) {
      const { sort, filters, where } = lenses.get(step) ?? wholeTable;
      const has = (name: string): boolean => columns.some((column) => column.name === name);
      return {
        sort: sort !== undefined && has(sort.column) ? sort : undefined,
        filters: Object.fromEntries(Object.entries(filters).filter(([name]) => has(name))),
        where,
      };
    },
    follow: ({ state }) =>
      state.subscribe(() => {
        lenses.set(step, state.getSnapshot().lens);
      }),
  };
}
