import type { Column } from '@cairn/core';
import { columnKind } from './column-kind.ts';
import { quotedName, quotedText } from './sql-text.ts';

/** What a column's values must be like. */
export type ColumnFilter =
  | { readonly kind: 'contains' | 'equals'; readonly text: string }
  /** From and to, both in it; an empty one is no bound. */
  | { readonly kind: 'range'; readonly least: string; readonly most: string }
  | { readonly kind: 'null' | 'filled' };

/** What is seen of a table: which rows, in which order. */
export interface TableLens {
  readonly sort: { readonly column: string; readonly descending: boolean } | undefined;
  readonly filters: Readonly<Record<string, ColumnFilter>>;
  /** A condition of the user's own. */
  readonly where: string;
}

/** The whole table as it is. */
export const wholeTable: TableLens = { sort: undefined, filters: {}, where: '' };

/** A table in the engine, by the name that its queries give it. */
export interface NamedTable {
  readonly table: string;
  readonly columns: readonly Column[];
}

/** The condition of all filters and of the user's own; empty when there is none. */
export function conditionOf({ filters, where }: TableLens, columns: readonly Column[]): string {
  const own = columns.flatMap((column) => {
    const filter = filters[column.name];
    return filter === undefined ? [] : conditionsOf(column, filter);
  });
  // It may end with a comment.
  const all = where.trim() === '' ? own : [...own, `(\n${where}\n)`];
  return all.join(' and ');
}

function conditionsOf({ name, type }: Column, filter: ColumnFilter): readonly string[] {
  const column = quotedName(name);
  // So that what is no such value is an error that says so, and a number is compared as one.
  const typed = (text: string): string =>
    columnKind(type) === 'text' ? quotedText(text) : `cast(${quotedText(text)} as ${type})`;
  switch (filter.kind) {
    case 'contains':
      return [`contains(lower(${column}::varchar), lower(${quotedText(filter.text)}))`];
    case 'equals':
      return [
        columnKind(type) === 'other'
          ? `${column}::varchar = ${quotedText(filter.text)}`
          : `${column} = ${typed(filter.text)}`,
      ];
    case 'range':
      return [
        ...(filter.least.trim() === '' ? [] : [`${column} >= ${typed(filter.least)}`]),
        ...(filter.most.trim() === '' ? [] : [`${column} <= ${typed(filter.most)}`]),
      ];
    case 'null':
      return [`${column} is null`];
    case 'filled':
      return [`${column} is not null`];
  }
}

/** Whether a lens shows all rows in the table's own order. */
export function isWhole(lens: TableLens, columns: readonly Column[]): boolean {
  return lens.sort === undefined && conditionOf(lens, columns) === '';
}

/** The places of the rows that a lens shows, in its order: rows that are the same in the sorted column stay in the table's. */
export function placesQuery(lens: TableLens, table: NamedTable): string {
  const { from, place } = placed(table);
  const condition = conditionOf(lens, table.columns);
  const { sort } = lens;
  const order =
    sort === undefined
      ? place
      : `${quotedName(sort.column)} ${sort.descending ? 'desc' : 'asc'} nulls last, ${place}`;
  return [
    `select ${place} as place from ${from}`,
    ...(condition === '' ? [] : [`where ${condition}`]),
    `order by ${order}`,
  ].join('\n');
}

/** A window of a table: of all its rows, or of those whose places are kept under a name. */
export function pageQuery(
  table: NamedTable,
  places: string | undefined,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): string {
  const span = `rowid >= ${offset} and rowid < ${offset + limit}`;
  const { from, place, all } = placed(table);
  if (places === undefined) {
    return place === 'rowid'
      ? `select ${all} from ${from} where ${span}`
      : `select ${all} from ${from} limit ${limit} offset ${offset}`;
  }
  return joined(table, places, `where p.${span.replace(' and ', ' and p.')}`);
}

/** All rows that are seen, in their order: for whoever takes them away. */
export function allQuery(table: NamedTable, places: string | undefined): string {
  return places === undefined ? `from ${quotedName(table.table)}` : joined(table, places, '');
}

function joined(table: NamedTable, places: string, where: string): string {
  const { from, place, all } = placed(table);
  return [
    `select ${all.replace('*', 't.*')} from ${quotedName(places)} p join ${from} t on t.${place} = p.place`,
    ...(where === '' ? [] : [where]),
    'order by p.rowid',
  ].join('\n');
}

/** What a row's place is called: a column of the table's own may have the name that the engine has for it. */
function placed({ table, columns }: NamedTable): {
  readonly from: string;
  readonly place: string;
  readonly all: string;
} {
  const name = quotedName(table);
  if (!columns.some((column) => column.name.toLowerCase() === 'rowid'))
    return { from: name, place: 'rowid', all: '*' };
  const place = quotedName('cairn place');
  return {
    from: `(select row_number() over () - 1 as ${place}, * from ${name})`,
    place,
    all: `* exclude (${place})`,
  };
}
