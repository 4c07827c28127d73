import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Bindings {
  instantiate(progress: () => void): Promise<unknown>;
  open(config: object): void;
  tokenize(sql: string): { readonly offsets: readonly number[]; readonly types: readonly number[] };
  connect(): { query(sql: string): { toArray(): { toJSON(): Record<string, unknown> }[] } };
}
interface Blocking {
  createDuckDB(bundles: object, logger: object, runtime: object): Promise<Bindings>;
  readonly VoidLogger: new () => object;
  readonly NODE_RUNTIME: object;
}

/** What DuckDB takes a token for. Comments are none. */
export type DuckDbTokenKind = 'identifier' | 'number' | 'string' | 'operator' | 'keyword';

/** A token as DuckDB tells of it: where it begins, in UTF-8 bytes, and what it is. Where it ends is not told. */
export interface DuckDbToken {
  readonly start: number;
  readonly kind: DuckDbTokenKind;
}

/** DuckDB itself, on this thread. */
export interface DuckDbTokenizer {
  tokenize(sql: string): DuckDbToken[];
  rows(sql: string): Record<string, unknown>[];
}

const kinds: readonly DuckDbTokenKind[] = ['identifier', 'number', 'string', 'operator', 'keyword'];

/** Starts DuckDB to cut statements. */
export async function duckDbTokenizer(): Promise<DuckDbTokenizer> {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs');
  const blocking = require(entry) as Blocking;
  const module = (name: string): object => ({ mainModule: join(dirname(entry), name) });
  const bundles = { mvp: module('duckdb-mvp.wasm'), eh: module('duckdb-eh.wasm') };
  const database = await blocking.createDuckDB(bundles, new blocking.VoidLogger(), blocking.NODE_RUNTIME);
  await database.instantiate(() => undefined);
  database.open({});
  const connection = database.connect();
  return {
    tokenize(sql) {
      const { offsets, types } = database.tokenize(sql);
      return offsets.map((start, index) => ({ start, kind: kinds[types[index] ?? 0] ?? 'identifier' }));
    },
    rows: (sql) =>
      connection
        .query(sql)
        .toArray()
        .map((row) => row.toJSON()),
  };
}
