import { definePlugin, invalidArgument, type Plugin, type SourceConnector } from '@cairn/core/plugin';
import { checkOptionNames, kindOf } from '../input/options.ts';
import { fromTable } from './from-table.ts';
import { toTable } from './to-table.ts';

/** What the source `table` takes by name: small tables that stand in the pipeline itself. */
export interface RowsOptions {
  /** The rows, as `fromTable` takes them. */
  readonly rows: readonly object[];
}

function fromRows(options: RowsOptions): SourceConnector<never> {
  checkOptionNames('table', options, ['rows']);
  if (!Array.isArray(options.rows))
    throw invalidArgument('table.rows', `it is a list of rows, and was given ${kindOf(options.rows)}`);
  return fromTable(options.rows);
}

/** `fromTable` by name, as the source `table` with the option `rows`; `toTable` as the sink `table`, for the app that has a function. */
export const tablePlugin: Plugin = definePlugin({
  name: 'table',
  version: '0.1.0',
  sources: { table: { create: fromRows } },
  sinks: { table: { create: toTable } },
});
