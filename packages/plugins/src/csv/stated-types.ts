import { sql, type Sql } from '@cairn/core/plugin';
import { sqlText } from '../text/sql-text.ts';
import type { Dialect } from './dialect.ts';

/** A column whose values may not be of the type that is stated for it. */
export interface StatedColumn {
  readonly name: string;
  readonly type: string;
}

const isVarchar = (type: string): boolean => /^(?:varchar|text|string|char|bpchar)$/iu.test(type);

/** The columns that the engine has to try, where values of other types are no failure but rejected. */
export function triedColumns<Column extends StatedColumn>(
  { columns }: { readonly columns: readonly Column[] },
  dialect: Dialect,
): Column[] {
  if (dialect.badRows === 'fail') return [];
  return columns.filter(({ name, type }) => Object.hasOwn(dialect.columns, name) && !isVarchar(type));
}

/** The same columns, those that are tried as they stand in the file. */
export function untried(
  columns: readonly StatedColumn[],
  tried: readonly StatedColumn[],
): readonly StatedColumn[] {
  const names = new Set(tried.map(({ name }) => name));
  return columns.map(({ name, type }) => ({ name, type: names.has(name) ? 'VARCHAR' : type }));
}

/** The value of a column as its stated type; null where it is none of it. */
export function attempt({ name, type }: StatedColumn, dialect: Dialect): Sql {
  const text = sql.id(name);
  const format = /^date$/iu.test(type)
    ? dialect.dateFormat
    : /^(?:timestamp|datetime|timestamptz)\b/iu.test(type)
      ? dialect.timestampFormat
      : undefined;
  const value = format === undefined ? text : sql`try_strptime(${text}, ${sql.raw(sqlText(format))})`;
  return sql`try_cast(${value} as ${sql.raw(type)})`;
}

/** True where a value is not of its column's stated type. */
export function fails(column: StatedColumn, dialect: Dialect): Sql {
  return sql`(${sql.id(column.name)} is not null and ${attempt(column, dialect)} is null)`;
}
