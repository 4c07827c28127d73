import type { BoundSql, BoundSqlPart, TableRef } from '../engine/engine.ts';
import type { Column } from '../pipeline/table.ts';

/** DuckDB takes a union of a thousand tables for an expression that is too deep, but not a union of smaller ones. */
const [mostTogether, groupSize] = [900, 250];

/** A table of a union. */
export interface UnionInput {
  readonly table: TableRef;
  readonly columns: readonly Column[];
}

/**
 * The union of tables, one after the other: the first one's columns win; of the others columns are found by name
 * (without regard to case) and cast, what is missing is null, what is more is dropped.
 */
export function unionQuery(inputs: readonly UnionInput[]): BoundSql {
  const wanted = inputs[0]?.columns ?? [];
  const parts: BoundSqlPart[] = [];
  const text = (words: string): void => {
    parts.push({ kind: 'text', text: words });
  };
  const isGrouped = inputs.length > mostTogether;
  inputs.forEach(({ table, columns }, index) => {
    const opensGroup = isGrouped && index % groupSize === 0;
    if (index > 0) text(opensGroup ? ') union all ' : ' union all ');
    text(opensGroup ? 'from (select ' : 'select ');
    wanted.forEach((column, place) => {
      const same = columns.find((other) => other.name.toLowerCase() === column.name.toLowerCase());
      text(place === 0 ? 'cast(' : ', cast(');
      if (same === undefined) text('null');
      else parts.push({ kind: 'identifier', name: same.name });
      text(` as ${column.type}) as `);
      parts.push({ kind: 'identifier', name: column.name });
    });
    text(' from ');
    parts.push({ kind: 'table', table });
  });
  if (isGrouped) text(')');
  return { parts };
}
