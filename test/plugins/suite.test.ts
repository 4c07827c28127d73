import { existsSync, readdirSync } from 'node:fs';
import { sql, step } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pluginSuite, type PluginSuiteExamples } from '@cairn/core/testing';
import { standardPlugins } from '@cairn/plugins';
import { describe, expect, test } from 'vitest';

const examples: Readonly<Record<string, PluginSuiteExamples>> = {
  checks: {
    checks: {
      notNull: { column: 'n' },
      unique: { columns: ['n'] },
      accepted: { column: 'n', values: [1, 2] },
      inRange: { column: 'n', min: 0 },
      matches: { column: 'n', pattern: '^a' },
      rowCount: { min: 1 },
      references: { column: 'n', step: step('others', sql`select 1 as n`), otherColumn: 'n' },
      expression: { sql: 'n > 0' },
      freshness: { column: 'at', maxAge: 1000 },
      noDrift: {},
    },
  },
  csv: {
    sources: {
      csv: { path: 'in.csv', delimiter: ';', header: false, skipRows: 1, columns: { a: 'DATE' } },
      csvRejected: { path: 'in.csv' },
    },
    sinks: { csv: { path: 'out.csv', delimiter: ';', nullText: '-' } },
  },
  http: {
    sources: { http: { url: 'https://data.example.org/a.csv', options: { delimiter: ';' } } },
    sinks: { http: { url: 'https://data.example.org/a.parquet' } },
  },
  arrow: {
    sources: { arrow: { path: 'in.arrow', columns: ['a'] } },
    sinks: { arrow: { path: 'out.arrow', format: 'stream' } },
  },
  json: {
    sources: { json: { path: 'in.json', pointer: '/data' }, jsonRejected: { path: 'in.ndjson' } },
    sinks: { json: { path: 'out.json', format: 'lines' } },
  },
  parquet: {
    sources: { parquet: { path: 'in.parquet', columns: ['a'] } },
    sinks: { parquet: { path: 'out.parquet', compression: 'snappy', rowGroupRows: 4096 } },
  },
  table: { sources: { table: { rows: [{ a: 1 }] } }, sinks: { table: { onTable: () => undefined } } },
};

for (const plugin of standardPlugins()) {
  describe(`the plugin ${plugin.name}`, () => {
    pluginSuite({ test, create: () => plugin, options: examples[plugin.name] ?? {} });
  });
}

test('every folder with a plugin is a standard plugin', () => {
  const sources = new URL('../../packages/plugins/src/', import.meta.url);
  const folders = readdirSync(sources).filter((name) => existsSync(new URL(`${name}/plugin.ts`, sources)));
  expect(
    standardPlugins()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(folders.toSorted());
});

test('no two standard plugins have a source, a sink, a transform or a check of one name', () => {
  const found = contributions(standardPlugins());
  for (const kind of ['source', 'sink', 'transform', 'check'] as const)
    expect(found.names(kind).filter((name) => name.includes('.'))).toEqual([]);
});
