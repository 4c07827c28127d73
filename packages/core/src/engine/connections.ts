import { createConnection, type Connection } from './connection.ts';
import type { DuckDbLike } from './duckdb-like.ts';
import { quoteText } from './literal.ts';

/** More are needed only while more statements than this are at work at a time. */
const mostIdle = 4;

interface Idle {
  readonly number: number;
  readonly namespace: string | undefined;
}

/** Gives out connections, each to one call at a time. */
export interface Connections {
  /**
   * A connection whose statements end when the signal is aborted. It is new, or as good as new: only one that everything
   * went well on, and that nothing was left on, is given out again.
   *
   * @param namespace Where plain names of tables are looked for.
   */
  open(db: DuckDbLike, signal: AbortSignal | undefined, namespace?: string): Promise<Connection>;
}

/** Keeps a few connections open, for to open and to close one are two messages, and a small step has few more. */
export function createConnections(): Connections {
  // With an instance that is lost its connections are, too.
  const idle = new WeakMap<DuckDbLike, Idle[]>();

  const keep = (db: DuckDbLike, one: Idle): Promise<void> => {
    const known = idle.get(db) ?? [];
    idle.set(db, known);
    known.push(one);
    const last = known.length > mostIdle ? known.shift() : undefined;
    return last === undefined ? Promise.resolve() : disconnect(db, last.number);
  };

  return {
    async open(db, signal, namespace) {
      const known = idle.get(db) ?? [];
      const at = known.findLastIndex((one) => one.namespace === namespace);
      const [found] = at < 0 ? [] : known.splice(at, 1);
      const number = found?.number ?? (await db.connectInternal());
      const connection = createConnection(db, number, signal, (isClean) =>
        isClean ? keep(db, { number, namespace }) : disconnect(db, number),
      );
      if (found !== undefined || namespace === undefined) return connection;
      try {
        await connection.execute(`set search_path = ${quoteText(namespace)}`);
      } catch (error) {
        await connection.close();
        throw error;
      }
      return connection;
    },
  };
}

/** A connection to an instance that has gone is closed already. */
function disconnect(db: DuckDbLike, number: number): Promise<void> {
  return db.disconnect(number).catch(() => undefined);
}
