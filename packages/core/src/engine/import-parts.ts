import type { Field, Schema } from 'apache-arrow';
import { isCairnError } from '../errors/cairn-error.ts';
import { invalidParts } from '../errors/engine-errors.ts';
import type { Column } from '../pipeline/table.ts';
import { decode, storedType } from './column-codec.ts';
import { parseType } from './column-type.ts';
import type { Connection } from './connection.ts';
import type { TableInfo, TableRef } from './engine.ts';
import { summarizeStream, type StreamSummary } from './ipc-stream.ts';
import { quoteName } from './literal.ts';
import { countRows, readColumns, tableName } from './table-info.ts';

/** Rows in a vector; an engine that gets other pieces lays the table out otherwise. */
export const vectorRows = 2048;

/** A type's text without the quotes around names, which DuckDB writes only where it must. */
function plain(type: string): string {
  return type.replaceAll('"', '');
}

function inspect(table: TableRef, part: Uint8Array, number: number): StreamSummary {
  try {
    return summarizeStream(part);
  } catch (error) {
    throw invalidParts(
      table.name,
      `part ${number} is no whole Arrow IPC stream: ${(error as Error).message}`,
      error,
    );
  }
}

async function readSchema(table: TableRef, part: Uint8Array, number: number): Promise<string> {
  const { DataType, RecordBatchReader } = await import('apache-arrow');
  let schema: Schema;
  try {
    ({ schema } = RecordBatchReader.from(part).open());
  } catch (error) {
    throw invalidParts(table.name, `the schema of part ${number} is damaged`, error);
  }
  const breaks = ({ type }: Field, isFixed: boolean): boolean => {
    if (DataType.isDictionary(type)) return isFixed;
    const fixed = isFixed || DataType.isFixedSizeList(type);
    return (type.children ?? []).some((child: Field) => breaks(child, fixed));
  };
  const broken = schema.fields.find((field) => breaks(field, false));
  if (broken !== undefined) {
    throw invalidParts(
      table.name,
      `column '${broken.name}' has a dictionary in a fixed-size list, at which DuckDB-WASM breaks down: give its values as they are`,
    );
  }
  return schema.fields.map((field) => `${field.name} ${String(field.type)}`).join(', ');
}

/** Does what fails only when the data is wrong, or when the instance is lost: that error stays itself. */
async function accept<Result>(table: TableRef, what: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (isCairnError(error)) throw error;
    throw invalidParts(
      table.name,
      `DuckDB refused ${what}: ${error instanceof Error ? error.message : ''}`,
      error,
    );
  }
}

function checkColumns(table: TableRef, found: readonly Column[], columns: readonly Column[]): void {
  const show = (list: readonly { readonly name: string; readonly type: string }[]): string =>
    list.map(({ name, type }) => `${quoteName(name)} ${plain(type)}`).join(', ');
  const stored = columns.map(({ name, type }) => ({ name, type: storedType(parseType(type)) }));
  if (show(found) !== show(stored)) {
    throw invalidParts(table.name, `its columns are ${show(found)}; expected ${show(stored)}`);
  }
}

/** Lays the rows of a table out in whole vectors, as a query's answer is. */
export async function layOut(connection: Connection, table: TableRef): Promise<void> {
  const name = tableName(table);
  await connection.run(
    `create or replace table ${name} as with cairn as materialized (from ${name}) from cairn`,
  );
}

/** Holds the schemas of parts against the first one's. */
function schemaCheck(
  table: TableRef,
  isSure: boolean,
): (part: Uint8Array, end: number, number: number) => Promise<void> {
  let first: Uint8Array | undefined;
  return async (part, end, number) => {
    const own = part.subarray(0, end);
    if (first !== undefined && isEqual(first, own)) return;
    const before = first;
    // What is left of the part may be given away.
    first ??= own.slice();
    if (isSure && before === undefined) return;
    const text = await readSchema(table, own, number);
    const expected = before && (await readSchema(table, before, 1));
    if (expected !== undefined && text !== expected)
      throw invalidParts(table.name, `part ${number} has the columns ${text}; those before have ${expected}`);
  };
}

/** Says whether bytes are all that their memory holds: it can be given away, then. */
function isWhole({ byteLength, buffer }: Uint8Array): boolean {
  return byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/**
 * Makes a table of parts, in one transaction: the layout of the new table's rows, and with it the order of unordered
 * results, is that of a table which a query made. Parts whose batches are no whole vectors are laid out anew.
 *
 * @param own Whether the parts may be given away; with columns, they are known to be undamaged, too.
 */
export async function writeParts(
  connection: Connection,
  table: TableRef,
  columns: readonly Column[] | undefined,
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  own: boolean,
): Promise<TableInfo> {
  const decoded = columns?.map(({ name, type }) => ({
    name,
    type,
    value: decode(quoteName(name), parseType(type)),
  }));
  const recoded = decoded?.some(({ name, value }) => value !== quoteName(name)) === true;
  const staged: TableRef = { ...table, name: `${table.name} (cairn import)` };
  const target = recoded ? staged : table;
  let [number, rows, aligned] = [0, 0, true];
  const checkSchema = schemaCheck(table, own && columns !== undefined);
  // What is left of an insert that failed breaks later ones.
  connection.spoil();
  await connection.execute('begin');
  await connection.execute(`drop table if exists ${tableName(table)}`);
  for await (const part of parts) {
    connection.check();
    number++;
    const summary = inspect(table, part, number);
    await checkSchema(part, summary.schemaEnd, number);
    for (const batch of summary.batches) {
      if (rows % vectorRows !== 0 && batch > 0) aligned = false;
      rows += batch;
    }
    await accept(
      table,
      `part ${number}`,
      connection.db.insertArrowFromIPCStream(
        connection.number,
        isWhole(part) && own ? part : new Uint8Array(part),
        {
          schema: table.namespace,
          name: target.name,
          create: number === 1,
        },
      ),
    );
  }
  if (number === 0) throw invalidParts(table.name, 'there are no parts; an empty table has one');
  const found = await accept(table, 'all parts', readColumns(connection, target));
  const counted = await countRows(connection, target);
  if (counted !== rows) throw invalidParts(table.name, `it has ${rows} rows, of which ${counted} arrived`);
  if (columns) checkColumns(table, found, columns);
  if (recoded) {
    const selected = decoded.map(({ name, value }) => `${value} as ${quoteName(name)}`).join(', ');
    const make = `create table ${tableName(table)} as select ${selected} from ${tableName(staged)}`;
    await accept(table, 'its values', connection.run(make));
    await connection.execute(`drop table ${tableName(staged)}`);
  } else if (!aligned) {
    await layOut(connection, table);
  }
  const made = recoded ? await readColumns(connection, table) : found;
  const wrong = columns?.find(({ type }, index) => made[index]?.type !== type);
  if (wrong) throw invalidParts(table.name, `column '${wrong.name}' cannot become ${wrong.type} again`);
  connection.check();
  await connection.execute('commit');
  return { rows, columns: made, volatileFunctions: [] };
}
