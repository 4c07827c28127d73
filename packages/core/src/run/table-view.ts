import { tableOfStreams } from '../checkpoint/arrow-tables.ts';
import { readRows } from '../checkpoint/read-rows.ts';
import type { BoundSqlPart, TableRef } from '../engine/engine.ts';
import type { Sql } from '../pipeline/sql.ts';
import type { ReadOptions, TableView } from '../pipeline/table.ts';
import { bindFragment } from './bind.ts';
import type { Session } from './session.ts';
import type { Tables } from './tables.ts';

/**
 * How a step's code sees the table of one of its inputs. Whole rows are read from the checkpoint, verified, and need no
 * engine; a selection is computed by the engine and read back in slices.
 */
export async function tableView(session: Session, tables: Tables, step: string): Promise<TableView> {
  const { engine } = session.parts;
  const { rows, columns } = session.states.get(step)?.manifest ?? (await tables.use(step));

  async function* select(list: readonly BoundSqlPart[]): AsyncGenerator<Uint8Array> {
    await tables.use(step);
    session.count.selections += 1;
    const table = session.tableRef(step);
    const slice: TableRef = { namespace: `${table.namespace}_read`, name: `s${session.count.selections}` };
    const parts: BoundSqlPart[] = [
      { kind: 'text', text: 'select ' },
      ...list,
      { kind: 'text', text: ' from ' },
      { kind: 'table', table },
    ];
    const { signal } = session;
    await engine.createTable(slice, { parts }, { signal });
    try {
      for await (const part of engine.exportParts(slice, { signal })) yield part.bytes;
    } finally {
      await engine.dropTable(slice);
    }
  }

  const streams = (list?: Sql): AsyncIterable<Uint8Array> =>
    list === undefined ? tables.read(step) : select(bindFragment(list));

  return Object.freeze({
    name: step,
    rows,
    columns,
    arrow: (options?: ReadOptions) => readRows(step, columns, tables.read(step), options),
    async *batches(list?: Sql) {
      for await (const bytes of streams(list)) yield await tableOfStreams([bytes]);
    },
    streams,
  });
}
