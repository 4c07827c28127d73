import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Engine } from '@cairn/core';
import { duckDbEngine, type DuckDbEngineOptions } from '@cairn/core/duckdb';
import { startEngineThread } from './engine-thread.ts';

/** Options of {@link createNodeEngine}. */
export type NodeEngineOptions = Pick<
  DuckDbEngineOptions,
  'settings' | 'extensions' | 'answerTimeoutMs' | 'sandbox'
>;

/** The version of the installed DuckDB-WASM, whose package file is not among its exports. */
function duckDbVersion(): string {
  const wasm = createRequire(import.meta.url).resolve('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm');
  const file = new URL('../package.json', pathToFileURL(wasm));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/**
 * The engine of Node: DuckDB-WASM in a thread of its own, started at the first use. The event loop stays free, and an
 * idle engine keeps no process alive. SQL of sources reads local files directly, by their path.
 *
 * @throws CairnError `invalid_argument` for a setting that is fixed
 */
export function createNodeEngine(options: NodeEngineOptions = {}): Engine {
  const repository = options.extensions?.repository;
  const compiled = {};
  return duckDbEngine({
    ...options,
    version: duckDbVersion(),
    connect: () => startEngineThread({ repository, compiled }),
  });
}
