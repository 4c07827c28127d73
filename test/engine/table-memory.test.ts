import type { BoundSql } from '@cairn/core';
import { createNodeEngine } from '@cairn/node';
import { afterAll, expect, test } from 'vitest';

/* What the engine says that a table takes, against what DuckDB does. */

const engine = createNodeEngine();
afterAll(() => engine.close());

const statement = (text: string): BoundSql => ({ parts: [{ kind: 'text', text }] });

async function used(): Promise<number> {
  const answer = await engine.query(
    statement('select coalesce(sum(memory_usage_bytes), 0)::double as n from duckdb_memory()'),
  );
  return Number(answer.get(0)?.['n']);
}

const wide = Array.from({ length: 300 }, (_, at) => `range * ${at} as c${at}`).join(', ');
const tables: Readonly<Record<string, string>> = {
  'one row': 'select 1 as a, 2 as b, 3 as c',
  integers: 'select range as i, range * 2 as j from range(500000)',
  'small types':
    "select range % 2 = 0 as b, (range % 100)::tinyint as t, date '2020-01-01' as d, range::decimal(9, 2) as n from range(500000)",
  'short strings': 'select (range % 1000)::varchar as s from range(500000)',
  'long strings': 'select md5(range::varchar) || md5(range::varchar) as s from range(300000)',
  structs: "select {'a': range, 'b': range::varchar} as s from range(300000)",
  lists: 'select range(range % 7) as l from range(200000)',
  'many columns': `select ${wide} from range(10000)`,
};

test.each(Object.entries(tables))('%s', async (name, text) => {
  const table = { namespace: 'sizes', name: name.replaceAll(' ', '_') };
  const before = await used();
  const info = await engine.createTable(table, statement(text));
  const real = (await used()) - before;
  let bytes = 0;
  for await (const part of engine.exportParts(table)) bytes += part.bytes.length;
  const told = engine.tableMemory?.({ ...info, bytes }) ?? 0;
  const guessed = engine.tableMemory?.(info) ?? 0;
  expect(told / real).toBeGreaterThan(0.8);
  expect(told / real).toBeLessThan(1.2);
  // While nothing is known of what texts and lists hold.
  expect(guessed / real).toBeGreaterThan(0.25);
  expect(guessed / real).toBeLessThan(2.5);
});
