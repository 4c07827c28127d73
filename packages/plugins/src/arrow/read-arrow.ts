import { type ConnectorContext, createPace, invalidData, isCairnError } from '@cairn/core/plugin';
import type * as Arrow from 'apache-arrow';
import { encodeStream } from '../columnar/arrow-stream.ts';
import { batchField } from '../columnar/ipc-message.ts';
import { rangesOf } from '../columnar/ranges.ts';
import type { Input } from '../input/input.ts';
import { BatchBody } from './body.ts';
import { chooseColumns, warnOfNanoseconds } from './choose-columns.ts';
import { readColumn } from './columns.ts';
import { createDictionaries } from './dictionaries.ts';
import { fieldOf } from './field-types.ts';
import { messagesOfInput, type WholeMessage } from './messages.ts';
import { type IncomingField, readSchema } from './schema.ts';

/** Batches are handed on together until they have so many bytes. */
const streamBytes = 16 * 1024 * 1024;

/**
 * Reads Arrow IPC of either format, checked and plain: complete streams of bounded size, at least one.
 *
 * @param columns The names of the columns to read. @default all
 * @returns what throws `invalid_data` when it is damaged, or has columns that cannot be read
 */
export async function* readArrow(
  input: Input,
  columns: readonly string[] | undefined,
  context: ConnectorContext,
): AsyncGenerator<Uint8Array> {
  const arrow = await import('apache-arrow');
  let schema: Arrow.Schema | undefined;
  let batches: Arrow.RecordBatch[] = [];
  let [bytes, streams, rows] = [0, 0, 0];
  const stream = (): Uint8Array => {
    const made = encodeStream(arrow, schema as Arrow.Schema, batches);
    [batches, bytes] = [[], 0];
    streams += 1;
    return made;
  };
  const pace = createPace();
  const all = batchesOf(arrow, input, columns, context);
  for (;;) {
    context.signal.throwIfAborted();
    const next = await damage(input, () => all.next());
    if (next.done === true) break;
    if (!('size' in next.value)) {
      schema = next.value;
      continue;
    }
    const { batch, size } = next.value;
    batches.push(batch);
    bytes += size;
    rows += batch.numRows;
    context.progress(rows);
    await pace();
    if (bytes >= streamBytes) yield stream();
  }
  if (bytes > 0 || streams === 0) yield stream();
}

/** The schema of the chosen columns, then the batches that have rows. */
async function* batchesOf(
  arrow: typeof Arrow,
  input: Input,
  columns: readonly string[] | undefined,
  context: ConnectorContext,
): AsyncGenerator<Arrow.Schema | { readonly batch: Arrow.RecordBatch; readonly size: number }> {
  const messages = await messagesOfInput(input, await rangesOf(input));
  const first = await messages.next();
  if (first.done === true || first.value.kind !== 'schema')
    throw new RangeError('it does not begin with a schema');
  const fields = readSchema(arrow, first.value.header);
  const kept = chooseColumns(input, fields, columns);
  warnOfNanoseconds(input, kept, context);
  const schema = new arrow.Schema([...kept].map((field) => fieldOf(arrow, field)));
  yield schema;
  const dictionaries = createDictionaries(arrow, [...kept], fields);
  const type = new arrow.Struct(schema.fields);
  for await (const message of messages) {
    switch (message.kind) {
      case 'schema':
        throw new RangeError('it has two schemas');
      case 'dictionary':
        await dictionaries.take(message.header, message.body);
        continue;
      case 'batch': {
        if (message.header.long(batchField.rows) === 0) continue;
        const children = await readBatch(arrow, message, fields, kept, dictionaries);
        const length = message.header.long(batchField.rows);
        yield {
          batch: new arrow.RecordBatch(schema, arrow.makeData({ type, length, children })),
          size: message.body.length + 1,
        };
      }
    }
  }
}

async function readBatch(
  arrow: typeof Arrow,
  { header, body: bytes }: WholeMessage,
  fields: readonly IncomingField[],
  kept: ReadonlySet<IncomingField>,
  dictionaries: ReturnType<typeof createDictionaries>,
): Promise<Arrow.Data[]> {
  const body = new BatchBody(header, bytes);
  const children: Arrow.Data[] = [];
  for (const field of fields) {
    if (!kept.has(field)) {
      body.skip(field);
      continue;
    }
    const data = await readColumn({ arrow, body, dictionaries }, field);
    if (data.length !== body.rows)
      throw new RangeError(
        `column '${field.name}': it has ${data.length} values in a batch of ${body.rows} rows`,
      );
    children.push(data);
  }
  return children;
}

/** Runs what fails on a damaged file, and says so. */
async function damage<T>({ label, name }: Input, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCairnError(error)) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw invalidData(`${label} cannot be read as Arrow IPC: ${said}`, { input: name }, error);
  }
}
