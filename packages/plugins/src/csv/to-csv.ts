import {
  type ConnectorContext,
  type FileSystem,
  fileNotFound,
  invalidArgument,
  type Param,
  type ParamsIn,
  pathNotSupported,
  type Receipt,
  type Secret,
  type SinkConnector,
  type TableView,
} from '@cairn/core/plugin';
import {
  checkOptionNames,
  type Exactly,
  isBoolean,
  isPlaceholder,
  keepOptions,
  type OptionCheck,
} from '../input/options.ts';
import { checkPlace } from '../input/place.ts';
import { csvHeader, csvLines } from './csv-text.ts';
import { isMark, isNullText } from './dialect.ts';

type Given<Value> = Value | Param | Secret;

/** What `toCsv` takes. */
export interface ToCsvOptions {
  /** The local file to write; its folder is made when it is missing. */
  readonly path: Given<string>;
  /** Whether the first line names the columns. @default true */
  readonly header?: Given<boolean>;
  /** Between fields: one ASCII character. @default ',' */
  readonly delimiter?: Given<string>;
  /** What stands for null, without quotes. @default '' */
  readonly nullText?: Given<string>;
}

const checks: Readonly<Record<string, OptionCheck>> = {
  header: isBoolean,
  delimiter: isMark,
  nullText: isNullText,
};
const defaults = { header: true, delimiter: ',', nullText: '' };

/**
 * Writes a table as a CSV file (RFC 4180 with lines that end in LF, UTF-8 without a byte order mark), its rows in the
 * table's order. Null is an empty field and the empty text is `""`, so that `fromCsv` tells them apart. Values are
 * written as the engine casts them to text; nested ones are quoted.
 *
 * The file is written aside, as `<path>.<run id>.cairn-tmp`, and renamed when it is whole: whoever looks sees the old
 * file or the new one. The receipt is `{ path, bytes, rows, sha256 }`; the sink is done again when the file is not any
 * more what the receipt says.
 *
 * Writing fails with `path_not_supported` where there are no local files, or `file_not_readable`.
 *
 * @throws CairnError `invalid_argument` naming the option
 * @example
 * const save = sink('save', byOrigin, toCsv({ path: 'out/by-origin.csv' }));
 */
export function toCsv<const Options extends ToCsvOptions>(
  options: Exactly<ToCsvOptions, Options>,
): SinkConnector<ParamsIn<Options>> {
  checkOptionNames('toCsv', options, ['path', ...Object.keys(checks)]);
  const { path } = options;
  if (!isPlaceholder(path)) checkPlace('toCsv', 'path', path);
  return {
    type: 'csv',
    location: Object.freeze({ path }),
    options: keepOptions('toCsv', options, checks, defaults),

    prepare: async (input, context) => {
      const { files, path: target } = targetOf(context);
      const aside = `${target}.${context.runId}.cairn-tmp`;
      const { size, sha256 } = await files.write(aside, csvBytes(input, context), { signal: context.signal });
      return { path: target, aside, bytes: size, rows: input.rows, sha256 };
    },

    commit: async (prepared, context) => {
      const { files, path: target } = targetOf(context);
      const { aside, ...receipt } = prepared as Receipt & { readonly aside: string };
      // After a crash the file may have its name already; the content says whether it is the one.
      if ((await files.stat(aside)) !== undefined) await files.rename(aside, target);
      else if (!(await isIntact(receipt, context))) throw fileNotFound(aside);
      return receipt;
    },

    rollback: async (prepared, context) => {
      const { files } = targetOf(context);
      await files.remove((prepared as { readonly aside: string }).aside);
    },

    verify: isIntact,
  };
}

function targetOf({ files, location }: ConnectorContext): {
  readonly files: FileSystem;
  readonly path: string;
} {
  checkPlace('toCsv', 'path', location['path']);
  const path = location['path'] as string;
  if (files === undefined) throw pathNotSupported(path, 'onBlob or download');
  return { files, path };
}

async function isIntact(receipt: Receipt, context: ConnectorContext): Promise<boolean> {
  const { files, path } = targetOf(context);
  const stat = await files.stat(path);
  return (
    stat !== undefined &&
    stat.size === receipt['bytes'] &&
    (await context.fileHash(path)) === receipt['sha256']
  );
}

async function* csvBytes(input: TableView, context: ConnectorContext): AsyncGenerator<Uint8Array> {
  const format = {
    ...defaults,
    ...(keepOptions('toCsv', context.options, checks, {}) as Partial<typeof defaults>),
  };
  if (format.nullText.includes(format.delimiter) || format.nullText.includes('"')) {
    throw invalidArgument('toCsv.nullText', 'it holds neither the delimiter nor a quote');
  }
  if (format.delimiter === '"') throw invalidArgument('toCsv.delimiter', 'it is not the quote');
  if (format.header) yield csvHeader(input.columns, format);
  let rows = 0;
  for await (const { batches, numRows } of input.batches(csvLines(input.columns, format))) {
    for (const batch of batches) {
      // The engine has written the lines one behind the other: their bytes are the file's.
      const data = batch.data.children[0];
      if (data === undefined) continue;
      const offsets = data.valueOffsets as Int32Array;
      yield (data.values as Uint8Array).subarray(offsets[0], offsets[data.length]);
    }
    rows += numRows;
    context.progress(rows, input.rows);
  }
}
