import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeEngine, nodeFiles } from '@cairn/node';
import { sinkSuite, type SinkSubject, sourceSuite, type SourceSubject } from '@cairn/core/testing';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { fromJson, toJson } from '@cairn/plugins/json';
import { fromParquet, toParquet } from '@cairn/plugins/parquet';
import { afterAll, describe, test } from 'vitest';
import { servesFile, startServer } from './http-server.ts';
import { parquetFiles } from './parquet-files.ts';

const engine = createNodeEngine();
afterAll(() => engine.close());

const csv = (word: string): Buffer => {
  const lines = Array.from({ length: 30_000 }, (_, index) => `${index},${word} ${index}`);
  return Buffer.from(`id,name\n${lines.join('\n')}\n`);
};

/** A file in a folder of its own. */
function inFolder<Subject>(
  name: string,
  content: Buffer | undefined,
  make: (path: string, folder: string) => Subject,
): Subject & { end(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-suite-'));
  if (content !== undefined) writeFileSync(join(folder, name), content);
  return {
    ...make(join(folder, name), folder),
    end: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

describe('fromCsv of a path', () => {
  sourceSuite({
    test,
    engine,
    create: async () =>
      inFolder('in.csv', csv('name'), (path): SourceSubject => ({
        connector: fromCsv({ path }),
        files: nodeFiles(),
        rows: 30_000,
        change: async () => writeFileSync(path, csv('other')),
        remove: async () => rmSync(path),
      })),
  });
});

describe('fromCsv of a File', () => {
  sourceSuite({
    test,
    engine,
    create: async () => ({
      connector: fromCsv({ file: new File([new Uint8Array(csv('name'))], 'in.csv') }),
      rows: 30_000,
    }),
  });
});

describe('fromCsv of bytes', () => {
  sourceSuite({
    test,
    engine,
    create: async () => ({ connector: fromCsv({ bytes: csv('name') }), rows: 30_000 }),
  });
});

describe.each(['content', 'etag'] as const)('fromCsv of a URL, by %s', (identity) => {
  sourceSuite({
    test,
    engine,
    create: async () => {
      const server = await startServer();
      let file = { bytes: csv('name') as Uint8Array, tag: '"1"' };
      server.answers.set(
        '/in.csv',
        servesFile(() => file),
      );
      return {
        connector: fromCsv({ url: `${server.base}/in.csv`, identity }),
        rows: 30_000,
        change: async () => {
          file = { bytes: csv('other'), tag: '"2"' };
        },
        remove: async () => server.answers.clear(),
        end: () => server.close(),
      };
    },
  });
});

const json = (word: string, lines: boolean): Buffer => {
  const rows = Array.from({ length: 30_000 }, (_, id) => JSON.stringify({ id, name: [`${word} ${id}`] }));
  return Buffer.from(lines ? `${rows.join('\n')}\n` : `[${rows.join(',')}]`);
};

describe.each([false, true])('fromJson of a path, in lines: %s', (lines) => {
  sourceSuite({
    test,
    engine,
    create: async () =>
      inFolder('in.json', json('name', lines), (path): SourceSubject => ({
        connector: fromJson({ path }),
        files: nodeFiles(),
        rows: 30_000,
        change: async () => writeFileSync(path, json('other', lines)),
        remove: async () => rmSync(path),
      })),
  });
});

describe('the rejected rows of a path', () => {
  const bad = (word: string): Buffer => Buffer.from(`id,name\n${`1,${word},2\n`.repeat(20_000)}`);
  sourceSuite({
    test,
    engine,
    create: async () =>
      inFolder('in.csv', bad('name'), (path): SourceSubject => ({
        connector: fromCsv({ path, badRows: 'collect' }).rejected,
        files: nodeFiles(),
        rows: 20_000,
        change: async () => writeFileSync(path, bad('other')),
        remove: async () => rmSync(path),
      })),
  });
});

const parquet = (name: keyof typeof parquetFiles): Buffer => Buffer.from(parquetFiles[name], 'base64');

describe('fromParquet of a URL, in ranges', () => {
  sourceSuite({
    test,
    engine,
    create: async () => {
      const server = await startServer();
      let file = { bytes: parquet('groups') as Uint8Array, tag: '"1"' };
      server.answers.set(
        '/in.parquet',
        servesFile(() => file),
      );
      return {
        connector: fromParquet({ url: `${server.base}/in.parquet`, identity: 'etag', retries: 0 }),
        rows: 300,
        change: async () => {
          file = { bytes: parquet('shapes'), tag: '"2"' };
        },
        remove: async () => server.answers.clear(),
        end: () => server.close(),
      };
    },
  });
});

describe('fromParquet of a path', () => {
  sourceSuite({
    test,
    engine,
    create: async () =>
      inFolder('in.parquet', parquet('groups'), (path): SourceSubject => ({
        connector: fromParquet({ path }),
        files: nodeFiles(),
        rows: 300,
        change: async () => writeFileSync(path, parquet('shapes')),
        remove: async () => rmSync(path),
      })),
  });
});

describe('toCsv to a path', () => {
  sinkSuite({
    test,
    engine,
    create: async () =>
      inFolder('out.csv', undefined, (path, folder): SinkSubject => ({
        connector: toCsv({ path }),
        again: () => toCsv({ path }),
        files: nodeFiles(),
        current: async () =>
          readdirSync(folder).includes('out.csv') ? readFileSync(path, 'utf8') : undefined,
        aside: async () => readdirSync(folder).filter((name) => name !== 'out.csv'),
        tamper: async () => writeFileSync(path, readFileSync(path, 'utf8').replace('one', 'eno')),
        remove: async () => rmSync(path),
      })),
  });
});

describe('toParquet to a path', () => {
  sinkSuite({
    test,
    engine,
    create: async () =>
      inFolder('out.parquet', undefined, (path, folder): SinkSubject => ({
        connector: toParquet({ path }),
        again: () => toParquet({ path }),
        files: nodeFiles(),
        current: async () =>
          readdirSync(folder).includes('out.parquet') ? readFileSync(path, 'latin1') : undefined,
        aside: async () => readdirSync(folder).filter((name) => name !== 'out.parquet'),
        tamper: async () => writeFileSync(path, readFileSync(path).reverse()),
        remove: async () => rmSync(path),
      })),
  });
});

describe.each(['array', 'lines'] as const)('toJson to a path, %s', (format) => {
  sinkSuite({
    test,
    engine,
    create: async () =>
      inFolder('out.json', undefined, (path, folder): SinkSubject => ({
        connector: toJson({ path, format }),
        again: () => toJson({ path, format }),
        files: nodeFiles(),
        current: async () =>
          readdirSync(folder).includes('out.json') ? readFileSync(path, 'utf8') : undefined,
        aside: async () => readdirSync(folder).filter((name) => name !== 'out.json'),
        tamper: async () => writeFileSync(path, readFileSync(path, 'utf8').replace('one', 'eno')),
        remove: async () => rmSync(path),
      })),
  });
});

describe('toCsv to a Blob', () => {
  sinkSuite({
    test,
    engine,
    supports: { survivesProcess: false, verifies: false },
    create: async () => {
      let text: string | undefined;
      const make = () =>
        toCsv({
          onBlob: async (blob) => {
            text = await blob.text();
          },
        });
      return { connector: make(), again: make, current: async () => text };
    },
  });
});
