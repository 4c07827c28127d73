import {
  type ConnectorContext,
  invalidArgument,
  type Param,
  type ParamsIn,
  type Secret,
  type SinkConnector,
  type TableView,
} from '@cairn/core/plugin';
import { endOfStream, messagesOf, rowsOf } from '../columnar/ipc-message.ts';
import { castFailed, outgoing } from '../columnar/outgoing-types.ts';
import { packUuids } from '../columnar/uuids.ts';
import { viewStreams } from '../columnar/view-streams.ts';
import { checkOptionNames, type Exactly, keepOptions, type OptionCheck } from '../input/options.ts';
import { together } from '../input/together.ts';
import { defineTarget, type TargetOptions, targetOptionNames } from '../output/define-target.ts';
import { targetSink } from '../output/target-sink.ts';
import { fileFooter, fileHead, type WrittenBlock } from './footer.ts';

type Given<Value> = Value | Param | Secret;

/** What `toArrow` takes: exactly one of path, onBlob, download and handle, and how the file is written. */
export interface ToArrowOptions extends TargetOptions {
  /**
   * `file` can be read anywhere in, for it ends with where its batches are (`.arrow`); `stream` is read from its beginning
   * (`.arrows`). @default 'file'
   */
  readonly format?: Given<'file' | 'stream'>;
}

const formats: readonly string[] = ['file', 'stream'];

const isFormat: OptionCheck = (where, value) => {
  if (typeof value !== 'string' || !formats.includes(value))
    throw invalidArgument(where, `it is one of ${formats.join(', ')}`, String(value), formats);
};

const checks = { format: isFormat };
const defaults = { format: 'file' } as const;

/**
 * Writes a table as Arrow IPC, uncompressed, its rows in the table's order, as the engine gives it: record batches of 2,048 rows.
 *
 * Types are kept: what `fromArrow` reads back is equal. HUGEINT and UHUGEINT become DECIMAL(38,0) (a value of more digits is
 * `invalid_data`), UUID is `arrow.uuid`, ENUM becomes VARCHAR, TIMESTAMP_S becomes TIMESTAMP_MS. What Arrow has no type for that other
 * readers know is `invalid_data` before anything is written: BIT, BIGNUM, INTERVAL, TIMETZ, TIME_NS, UNION. Cast such columns in the step
 * before.
 *
 * The two phases, the receipts and `verify` are those of `toCsv`.
 *
 * Memory: one slice of the table, of about 16 MiB.
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const save = sink('save', byOrigin, toArrow({ path: 'out/by-origin.arrow' }));
 */
export function toArrow<const Options extends ToArrowOptions>(
  options: Exactly<ToArrowOptions, Options>,
): SinkConnector<ParamsIn<Options>> {
  const [, target, settings] = together('toArrow', [
    () => checkOptionNames('toArrow', options, [...targetOptionNames, ...Object.keys(checks)]),
    () => defineTarget('toArrow', options, contentTypeOf(options)),
    () => keepOptions('toArrow', options, checks, defaults),
  ]);
  return targetSink(target, {
    type: 'arrow',
    options: settings,
    chunks: arrowBytes,
  });
}

const contentTypeOf = ({ format }: ToArrowOptions): string =>
  `application/vnd.apache.arrow.${format === 'stream' ? 'stream' : 'file'}`;

async function* arrowBytes(input: TableView, context: ConnectorContext): AsyncGenerator<Uint8Array> {
  const { format } = {
    ...defaults,
    ...(keepOptions('toArrow', context.options, checks, {}) as { format?: 'file' | 'stream' }),
  };
  const types = outgoing('Arrow', input);
  const blocks: WrittenBlock[] = [];
  let schema: Uint8Array | undefined;
  let [offset, rows] = [0, 0];
  const sized = (bytes: Uint8Array): Uint8Array => {
    offset += bytes.length;
    return bytes;
  };
  if (format === 'file') yield sized(fileHead);
  try {
    for await (const slice of viewStreams(input, types)) {
      for (const message of messagesOf(await packUuids(slice, types.uuids))) {
        const { bytes, kind, bodyLength } = message;
        if (kind === 'schema') {
          if (schema !== undefined) continue;
          schema = bytes.slice();
          yield sized(schema);
          continue;
        }
        const added = rowsOf(message);
        if (added === 0) continue;
        blocks.push({ offset, descriptionBytes: bytes.length - bodyLength, bodyBytes: bodyLength });
        rows += added;
        yield sized(bytes);
      }
      context.progress(rows, input.rows);
    }
  } catch (error) {
    throw castFailed(error);
  }
  yield endOfStream;
  if (format === 'file' && schema !== undefined) yield fileFooter(schema, blocks);
}
