import {
  type ConnectorContext,
  createPace,
  invalidArgument,
  type SinkConnector,
  type TableView,
} from '@cairn/core/plugin';
import type { Table } from 'apache-arrow';
import { encodeStream } from '../columnar/arrow-stream.ts';
import { castFailed, outgoing } from '../columnar/outgoing-types.ts';
import { packUuids } from '../columnar/uuids.ts';
import { viewStreams } from '../columnar/view-streams.ts';
import { checkOptionNames, type Exactly, kindOf } from '../input/options.ts';
import { createHeld, isGone } from '../output/held.ts';
import { createSha256 } from '#sha256';

/** What the app is told of a table; also the receipt. */
export interface TableDelivery {
  readonly rows: number;
  /** Of the table's Arrow IPC streams, in lower-case hex: equal tables have equal ones. */
  readonly sha256: string;
}

/** Takes a finished table, as a Table of Cairn's copy of apache-arrow. What it throws fails the step. */
export type OnTable = (table: Table, info: TableDelivery) => void | Promise<void>;

/** Takes a finished table as one complete Arrow IPC stream, which any copy of apache-arrow reads. What it throws fails the step. */
export type OnBytes = (bytes: Uint8Array, info: TableDelivery) => void | Promise<void>;

/** What `toTable` takes: exactly one of the two. */
export interface ToTableOptions {
  /** Is given the table. Its types are those of `@cairn/core`'s apache-arrow. */
  readonly onTable?: OnTable;
  /** Is given the table as Arrow IPC bytes: for another copy of apache-arrow, for a worker, for the network. */
  readonly onBytes?: OnBytes;
}

const kinds = ['onTable', 'onBytes'] as const;

/**
 * Hands a table to the app.
 *
 * In two phases: the table is put together aside, and handed over when the step is committed, once it is whole. The function is called at
 * least once for each run that succeeds: again when the step is tried again after the function failed, and in the next run when the process was
 * killed in between, for what is in memory is gone with it. So the step is done in every run, also when nothing changed, and `verify` says
 * that nothing lasts. The receipt is `{ rows, sha256 }`.
 *
 * Types go as `toArrow` writes them.
 *
 * Memory: the whole table.
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const show = sink('show', byOrigin, toTable({ onTable: (table) => chart.draw(table.toArray()) }));
 */
export function toTable<const Options extends ToTableOptions>(
  options: Exactly<ToTableOptions, Options>,
): SinkConnector<never> {
  checkOptionNames('toTable', options, kinds);
  const given = kinds.filter((kind) => options[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    const what = kind === undefined ? 'none of them' : given.join(' and ');
    throw invalidArgument('toTable', `it takes exactly one of onTable and onBytes, and was given ${what}`);
  }
  if (typeof options[kind] !== 'function')
    throw invalidArgument(`toTable.${kind}`, `it is a function, and was given ${kindOf(options[kind])}`);
  const { onTable, onBytes } = options as ToTableOptions;
  const held = createHeld<Table>();
  return {
    type: 'table',
    location: Object.freeze({ [kind]: true }),
    options: Object.freeze({}),

    prepare: async (input, context) => {
      const { table, sha256 } = await collect(input, context);
      return { table: held.add(context, table), rows: input.rows, sha256 };
    },

    commit: async (prepared) => {
      const { table: key, ...info } = prepared;
      const table = held.get(key);
      if (table === undefined) throw isGone('Table', key);
      const delivery = info as unknown as TableDelivery;
      if (onBytes === undefined) {
        await onTable?.(table, delivery);
      } else {
        const arrow = await import('apache-arrow');
        const batches = table.batches.filter(({ numRows }) => numRows > 0);
        await onBytes(encodeStream(arrow, table.schema, batches), delivery);
      }
      held.delete(key);
      return info;
    },

    rollback: async ({ table: key }) => {
      held.delete(key);
    },

    verify: async () => false,
  };
}

async function collect(
  input: TableView,
  context: ConnectorContext,
): Promise<{ readonly table: Table; readonly sha256: string }> {
  const arrow = await import('apache-arrow');
  const types = outgoing('Arrow', input);
  const hash = createSha256();
  const pace = createPace();
  const tables: Table[] = [];
  let rows = 0;
  try {
    for await (const slice of viewStreams(input, types)) {
      context.signal.throwIfAborted();
      const stream = await packUuids(slice, types.uuids);
      await hash.update(stream, pace);
      const table = arrow.tableFromIPC(stream);
      tables.push(table);
      rows += table.numRows;
      context.progress(rows, input.rows);
    }
  } catch (error) {
    throw castFailed(error);
  }
  const first = tables[0] as Table;
  const batches = tables.flatMap((table) => table.batches.filter(({ numRows }) => numRows > 0));
  return { table: new arrow.Table(first.schema, batches), sha256: await hash.digest() };
}
