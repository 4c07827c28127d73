import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeEngine, nodeFiles } from '@cairn/node';
import type { SinkConnector, SourceConnector } from '@cairn/core';
import { sinkSuite, type SinkSubject, sourceSuite, type SourceSubject } from '@cairn/core/testing';
import { fromArrow, toArrow } from '@cairn/plugins/arrow';
import { toParquet } from '@cairn/plugins/parquet';
import { fromTable, toTable } from '@cairn/plugins/table';
import * as arrow from 'apache-arrow';
import { afterAll, describe, test } from 'vitest';

const engine = createNodeEngine();
afterAll(() => engine.close());

const idsOf = (step: number): arrow.Table =>
  arrow.tableFromArrays({ id: Int32Array.from({ length: 30_000 }, (_, index) => index * step) });

/** A path in a folder of its own. */
function inFolder<Subject>(
  make: (path: string, folder: string) => Subject,
): Subject & { end(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-suite-'));
  return {
    ...make(join(folder, 'file'), folder),
    end: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

describe.each(['file', 'stream'] as const)('fromArrow of a %s', (format) => {
  sourceSuite({
    test,
    engine,
    create: async () =>
      inFolder((path): SourceSubject => {
        writeFileSync(path, arrow.tableToIPC(idsOf(1), format));
        return {
          connector: fromArrow({ path }),
          files: nodeFiles(),
          rows: 30_000,
          change: async () => writeFileSync(path, arrow.tableToIPC(idsOf(2), format)),
          remove: async () => rmSync(path),
        };
      }),
  });
});

describe.each<[string, () => SourceConnector]>([
  ['rows', () => fromTable(Array.from({ length: 30_000 }, (_, id) => ({ id, name: `name ${id}` })))],
  ['a Table', () => fromTable(idsOf(1))],
])('fromTable of %s', (_name, make) => {
  sourceSuite({ test, engine, create: async () => ({ connector: make(), rows: 30_000 }) });
});

describe.each<[string, (path: string) => SinkConnector]>([
  ['toParquet', (path) => toParquet({ path })],
  ['toArrow', (path) => toArrow({ path })],
])('%s to a path', (_name, make) => {
  sinkSuite({
    test,
    engine,
    create: async () =>
      inFolder((path, folder): SinkSubject => ({
        connector: make(path),
        again: () => make(path),
        files: nodeFiles(),
        current: async () =>
          readdirSync(folder).includes('file') ? readFileSync(path, 'latin1') : undefined,
        aside: async () => readdirSync(folder).filter((name) => name !== 'file'),
        tamper: async () => {
          const bytes = readFileSync(path);
          bytes[20] = (bytes[20] as number) ^ 1;
          writeFileSync(path, bytes);
        },
        remove: async () => rmSync(path),
      })),
  });
});

describe('toTable', () => {
  sinkSuite({
    test,
    engine,
    supports: { survivesProcess: false, verifies: false },
    create: async () => {
      let rows: string | undefined;
      const make = (): SinkConnector =>
        toTable({
          onTable: (table) => void (rows = `${table.numRows} ${table.toArray().map(String).join()}`),
        });
      return { connector: make(), again: make, current: async () => rows };
    },
  });
});
