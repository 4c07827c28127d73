import type { Column } from '../pipeline/table.ts';
import type { Connection } from './connection.ts';
import type { BoundSql, TableRef } from './engine.ts';
import { quoteName } from './literal.ts';
import { readColumns, tableName } from './table-info.ts';

/**
 * The columns of a table that was just made. DuckDB calls a column that its author gave no name by its expression, with the
 * names of the tables that are read in it: those become the plain names again that the author wrote, for a namespace is
 * another one in each run, and a table must not be.
 *
 * @param columns As DuckDB calls them.
 */
export async function plainColumns(
  connection: Connection,
  table: TableRef,
  { parts }: BoundSql,
  columns: readonly Column[],
): Promise<readonly Column[]> {
  const read = parts.flatMap((part) => (part.kind === 'table' ? [part.table] : []));
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  let isRenamed = false;
  for (const { name } of columns) {
    const wanted = read.reduce(withoutNamespace, name);
    if (wanted === name) continue;
    let free = wanted;
    for (let more = 1; names.has(free.toLowerCase()); more += 1) free = `${wanted}_${more}`;
    names.add(free.toLowerCase());
    await connection.execute(
      `alter table ${tableName(table)} rename column ${quoteName(name)} to ${quoteName(free)}`,
    );
    isRenamed = true;
  }
  return isRenamed ? readColumns(connection, table) : columns;
}

/** DuckDB quotes names where it must. */
function withoutNamespace(text: string, { namespace, name }: TableRef): string {
  if (!text.includes(namespace)) return text;
  const [space, step] = [namespace, name].map((one) => `(?:${escaped(one)}|${escaped(quoteName(one))})`);
  return text.replaceAll(new RegExp(`(?<![\\w"])${space}\\.(?=${step}(?![\\w"]))`, 'g'), '');
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
