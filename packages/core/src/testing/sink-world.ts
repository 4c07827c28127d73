import { tableFromIPC } from 'apache-arrow';
import type { Engine } from '../engine/engine.ts';
import type { SinkConnector } from '../pipeline/connector.ts';
import { sql, type Sql } from '../pipeline/sql.ts';
import type { TableView } from '../pipeline/table.ts';
import { bindFragment } from '../run/bind.ts';
import type { ConnectorHost } from './connector-host.ts';
import { table } from './engine-fixtures.ts';

/** A sink in a small world of its own, in which its target does not exist yet. */
export interface SinkSubject extends ConnectorHost {
  readonly connector: SinkConnector;
  /** Another connector for the same target, such as another process has. */
  again(): SinkConnector;
  /** What stands at the target, in whatever form tells one output from another; undefined when nothing does. */
  current(): Promise<string | undefined>;
  /** Names of what is there besides the target: things written aside. @default not looked at */
  aside?(): Promise<readonly string[]>;
  /** Changes what stands at the target behind the sink's back. Left out where that cannot be. */
  tamper?(): Promise<void>;
  /** Takes away what stands at the target. Left out where that cannot be. */
  remove?(): Promise<void>;
  /** Ends the world. */
  end?(): Promise<void>;
}

/** The tables that a sink is given. */
export const tables: Readonly<Record<'one' | 'other' | 'none' | 'big', Sql>> = {
  one: sql.raw("select 1::bigint as id, 'one' as name union all select 2, null"),
  other: sql.raw("select 3::bigint as id, 'other' as name"),
  none: sql.raw("select 1::bigint as id, 'none' as name where false"),
  big: sql.raw("select i as id, 'name of ' || i || repeat('.', 80) as name from range(300000) r(i)"),
};

/** What a view does otherwise than a table's. */
export interface ViewFaults {
  /** Called after each slice; what it throws ends the reading. */
  afterSlice?(): void;
}

/** The view of a query's answer, as a sink is given one. It has no whole table, for a sink takes slices. */
export async function viewOf(
  engine: Engine,
  query: Sql,
  { afterSlice }: ViewFaults = {},
): Promise<TableView> {
  const ref = table('input');
  const { rows, columns } = await engine.createTable(ref, { parts: bindFragment(query) });
  return {
    name: 'input',
    rows,
    columns,
    arrow: () => Promise.reject(new Error('a sink takes the slices of a table, and not all of it at once')),
    async *batches(select = sql`*`) {
      const slices = table('slices');
      await engine.createTable(slices, {
        parts: [
          { kind: 'text', text: 'select ' },
          ...bindFragment(select),
          { kind: 'text', text: ' from ' },
          { kind: 'table', table: ref },
        ],
      });
      for await (const { bytes } of engine.exportParts(slices)) {
        yield tableFromIPC(bytes);
        afterSlice?.();
      }
    },
  };
}
