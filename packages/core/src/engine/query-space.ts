import type { Table } from 'apache-arrow';
import { alreadyClosed } from '../errors/store-errors.ts';
import type { BoundSql, Engine, EngineCallOptions, TableInfo, TableRef } from './engine.ts';

/** Tables that are made in an engine when a query asks for them, and known there by their plain names. */
export interface QuerySpace {
  /** The table in the engine; whoever names it in a query must name it here too. */
  ref(name: string): TableRef;
  /**
   * Answers a query.
   *
   * @param tables Those that it may read: what looks like a table's name may be a column's. So one that cannot be made
   *   matters only when the query fails.
   * @throws CairnError `sql_failed`, `already_closed`, and what making a table throws
   */
  query(query: BoundSql, tables: Iterable<string>, options?: EngineCallOptions): Promise<Table>;
  /**
   * Keeps the answer to a query as one more table; made of the query again when the engine was lost since.
   *
   * @throws CairnError as `query` does
   */
  keep(
    name: string,
    query: BoundSql,
    tables: Iterable<string>,
    options?: EngineCallOptions,
  ): Promise<TableInfo>;
  /** Drops what was kept under a name. Idempotent. */
  drop(name: string): Promise<void>;
  /** Waits for the queries that were asked, and drops the tables. Idempotent. */
  close(): Promise<void>;
}

/** @param make Makes a table; called again when the engine was lost since. */
export function querySpace(
  engine: Engine,
  namespace: string,
  what: string,
  make: (name: string, ref: TableRef) => Promise<unknown>,
): QuerySpace {
  const made = new Map<string, Promise<unknown>>();
  const ref = (name: string): TableRef => ({ namespace, name });
  let losses = 0;
  const unheard = engine.onLost?.(() => {
    losses += 1;
    made.clear();
  });
  let closed = false;
  const asked = new Set<Promise<unknown>>();
  /** How what is kept is made again. */
  const kept = new Map<string, () => Promise<TableInfo>>();

  const use = (name: string): Promise<unknown> => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const making = (kept.get(name)?.() ?? make(name, ref(name))).catch((error: unknown) => {
      if (made.get(name) === making) made.delete(name);
      throw error;
    });
    made.set(name, making);
    return making;
  };

  /** Does what needs these tables; why one of them could not be made counts for more than what came of it. */
  const over = async <Value>(tables: Iterable<string>, work: () => Promise<Value>): Promise<Value> => {
    if (closed) throw alreadyClosed(what);
    const answer = (async () => {
      const failures: unknown[] = [];
      // One after the other: so no more than one is on its way at a time.
      for (const name of tables) await use(name).catch((error: unknown) => failures.push(error));
      return work().catch((error: unknown) => {
        throw failures.length === 0 ? error : failures[0];
      });
    })();
    asked.add(answer);
    try {
      return await answer;
    } finally {
      asked.delete(answer);
    }
  };

  return {
    ref,
    query: (query, tables, options) => over(tables, () => engine.query(query, { ...options, namespace })),
    keep(name, query, tables, options) {
      const read = [...tables];
      const remake = async (): Promise<TableInfo> => {
        for (const table of read) await use(table).catch(() => undefined);
        return engine.createTable(ref(name), query, { namespace });
      };
      return over(read, async () => {
        const before = losses;
        const info = await engine.createTable(ref(name), query, { ...options, namespace });
        kept.set(name, remake);
        if (losses === before) made.set(name, Promise.resolve());
        return info;
      });
    },
    async drop(name) {
      if (!kept.delete(name)) return;
      made.delete(name);
      await engine.dropTable(ref(name)).catch(() => undefined);
    },
    async close() {
      if (closed) return;
      closed = true;
      await Promise.allSettled(asked);
      unheard?.();
      for (const [name, making] of made) {
        await making.catch(() => undefined);
        await engine.dropTable(ref(name)).catch(() => undefined);
      }
    },
  };
}
