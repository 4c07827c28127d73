import type { BoundSql, BoundSqlPart, Engine, Part, TableRef } from '../engine/engine.ts';
import { expectEqual } from './expectation.ts';

/** A statement of text, tables and values, in the order given; strings are text. */
export function statement(...parts: readonly (string | BoundSqlPart)[]): BoundSql {
  return { parts: parts.map((part) => (typeof part === 'string' ? { kind: 'text', text: part } : part)) };
}

/** A table as a part of a statement. */
export function from(table: TableRef): BoundSqlPart {
  return { kind: 'table', table };
}

/** A value as a part of a statement. */
export function value(bound: unknown): BoundSqlPart {
  return { kind: 'value', value: bound };
}

/** A table of the suite's namespace. */
export function table(name: string, namespace = 'suite'): TableRef {
  return { namespace, name };
}

/** All parts of a table. */
export async function exported(engine: Engine, of: TableRef): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of engine.exportParts(of)) parts.push(part);
  return parts;
}

/** The rows of an answer as plain objects. */
export async function answer(engine: Engine, query: BoundSql): Promise<Readonly<Record<string, unknown>>[]> {
  const result = await engine.query(query);
  return result.toArray().map((row: { toJSON(): Record<string, unknown> }) => row.toJSON());
}

/** Fails unless both tables have the same parts, byte by byte. */
export function expectSameParts(actual: readonly Part[], expected: readonly Part[], what: string): void {
  expectEqual(
    actual.map((part) => [part.rows, part.bytes.length]),
    expected.map((part) => [part.rows, part.bytes.length]),
    `${what}: rows and bytes of each part`,
  );
  for (const [index, part] of actual.entries()) {
    const other = expected[index]?.bytes ?? new Uint8Array();
    const at = part.bytes.findIndex((byte, position) => byte !== other[position]);
    expectEqual(at, -1, `${what}: the first byte of part ${index + 1} that differs`);
  }
}
