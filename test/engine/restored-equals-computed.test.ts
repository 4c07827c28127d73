import type { BoundSql, Engine, TableRef } from '@cairn/core';
import { createNodeEngine } from '@cairn/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inputs, shapes } from './shapes.ts';

/*
 * A pipeline that resumes computes from restored tables. Whatever it computes must be what it would have computed
 * from the originals: the same rows in the same order, so the same bytes.
 */

const names = Object.keys(inputs(1));
const asTable = new RegExp(`\\b(${names.join('|')})\\b(?!\\.\\w)`);

function bind(namespace: string, sql: string): BoundSql {
  const parts = sql
    .split(asTable)
    .map((text, index) =>
      index % 2 === 0
        ? ({ kind: 'text', text } as const)
        : ({ kind: 'table', table: { namespace, name: text } } as const),
    );
  return { parts };
}

async function partsOf(engine: Engine, table: TableRef): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const part of engine.exportParts(table)) parts.push(part.bytes);
  return parts;
}

const original = createNodeEngine();
const restored = createNodeEngine();
afterAll(() => Promise.all([original.close(), restored.close()]));

describe.each([1, 2_048, 200_000, 1_000_000])('over %i rows', (rows) => {
  const namespace = `over_${rows}`;
  const result = { namespace, name: 'result' };

  beforeAll(async () => {
    for (const name of names) {
      const table = { namespace, name };
      const info = await original.createTable(table, bind(namespace, inputs(rows)[name] ?? ''));
      await restored.importParts(table, info.columns, await partsOf(original, table));
    }
  });
  afterAll(async () => {
    for (const engine of [original, restored]) {
      for (const name of [...names, 'result']) await engine.dropTable({ namespace, name });
    }
  });

  test.each(shapes.filter(({ upTo = rows }) => rows <= upTo))('$name', async ({ sql }) => {
    const compute = async (engine: Engine): Promise<Uint8Array[]> => {
      await engine.createTable(result, bind(namespace, sql));
      return partsOf(engine, result);
    };
    const [expected, actual] = await Promise.all([compute(original), compute(restored)]);
    expect(actual.map((part) => part.length)).toEqual(expected.map((part) => part.length));
    for (const [index, part] of actual.entries()) {
      expect(Buffer.compare(part, expected[index] ?? new Uint8Array()), `part ${index + 1}`).toBe(0);
    }
  });
});
