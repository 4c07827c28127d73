import type { ConnectorContext, SinkConnector, TableView } from '@cairn/core/plugin';
import type { Target } from './target.ts';

/** What makes a table a file. */
export interface FileFormat {
  /** The connector's type: `csv`. */
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The file's bytes in order, a bounded part of them at a time. */
  chunks(input: TableView, context: ConnectorContext): AsyncIterable<Uint8Array>;
}

/** A sink that writes tables of one format to a target. */
export function targetSink<Params extends string>(
  target: Target,
  { type, options, chunks }: FileFormat,
): SinkConnector<Params> {
  return {
    type,
    location: Object.freeze({ ...target.location }),
    options,
    prepare: (input, context) => target.prepare(chunks(input, context), { rows: input.rows }, context),
    commit: (prepared, context) => target.commit(prepared, context),
    rollback: (prepared, context) => target.rollback(prepared, context),
    verify: (receipt, context) => target.verify(receipt, context),
  };
}
