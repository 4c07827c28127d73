import type { Plugin } from '@cairn/core/plugin';
import { arrowPlugin } from './arrow/plugin.ts';
import { checksPlugin } from './checks/plugin.ts';
import { csvPlugin } from './csv/plugin.ts';
import { httpPlugin } from './http/plugin.ts';
import { jsonPlugin } from './json/plugin.ts';
import { parquetPlugin } from './parquet/plugin.ts';
import { tablePlugin } from './table/plugin.ts';

/**
 * All of Cairn's own connectors and checks, to be named by configurations and by pipelines that are no TypeScript.
 *
 * @example
 * const registry = contributions([...standardPlugins(), mine]);
 */
export function standardPlugins(): readonly Plugin[] {
  return [arrowPlugin, checksPlugin, csvPlugin, httpPlugin, jsonPlugin, parquetPlugin, tablePlugin];
}
