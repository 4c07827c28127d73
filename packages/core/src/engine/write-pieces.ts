import { invalidParts } from '../errors/engine-errors.ts';
import type { Connection } from './connection.ts';
import type { TableInfo, TablePiece, TableRef } from './engine.ts';
import { layOut, vectorRows } from './import-parts.ts';
import { readColumns, tableName } from './table-info.ts';

/**
 * Makes a table of several queries' answers, in one transaction. As with one query each answer is first kept whole, so that
 * rows come in full vectors; where an answer in between ends in the middle of one, the table is laid out anew.
 *
 * @param run Runs a piece's query as that of the statement whose beginning it is given; resolves to its number of rows.
 */
export async function writePieces(
  connection: Connection,
  table: TableRef,
  pieces: AsyncIterable<TablePiece>,
  run: (piece: TablePiece, target: string) => Promise<number>,
): Promise<TableInfo> {
  const name = tableName(table);
  const iterator = pieces[Symbol.asyncIterator]();
  const take = (): Promise<IteratorResult<TablePiece, unknown>> => {
    const next = iterator.next();
    // It may fail while nobody waits for it yet.
    next.catch(() => undefined);
    return next;
  };
  let [number, rows, aligned, ended] = [0, 0, true, false];
  let next = take();
  try {
    connection.spoil();
    await connection.execute('begin');
    for (;;) {
      const { done, value } = await next;
      ended = done === true;
      if (ended) break;
      next = take();
      connection.check();
      number += 1;
      const target = number === 1 ? `create or replace table ${name} as` : `insert into ${name}`;
      const more = await run(value as TablePiece, target);
      if (rows % vectorRows !== 0 && more > 0) aligned = false;
      rows += more;
    }
    if (number === 0) throw invalidParts(table.name, 'there are no pieces; an empty table has one');
    if (!aligned) await layOut(connection, table);
    const columns = await readColumns(connection, table);
    connection.check();
    await connection.execute('commit');
    return { rows, columns, volatileFunctions: [] };
  } finally {
    if (!ended) {
      await next.catch(() => undefined);
      await iterator.return?.();
    }
  }
}
