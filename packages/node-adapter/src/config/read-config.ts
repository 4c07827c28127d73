import { readFile } from 'node:fs/promises';
import { dirname, extname, isAbsolute, relative, resolve } from 'node:path';
import { isCairnError } from '@cairn/core';
import { checkConfig, invalidConfig, mergeRegistries } from '@cairn/core/config';
import { fileNotReadable } from '@cairn/core/plugin';
import { loadDefaultExport } from '../load-module.ts';
import { nodeRegistry } from '../registry.ts';
import { findConfig } from './find-config.ts';
import { loadPlugins } from './load-plugins.ts';
import type { LoadConfigOptions, LoadedConfig } from './load-config.ts';
import { parseConfig, type ParsedConfig } from './parse-config.ts';

/** Finds, reads and checks a configuration; see `loadConfig`. */
export async function readConfig(
  path: string,
  { registry = {}, env = process.env }: LoadConfigOptions,
): Promise<LoadedConfig | undefined> {
  const file = findConfig(path);
  if (file === undefined) return undefined;
  const folder = dirname(file);
  const { value, source } = await parseFile(file);
  const all = mergeRegistries(nodeRegistry(), registry);
  const modules = await loadPlugins(value, all.plugins ?? [], env, file);
  const checked = checkConfig(value, {
    registry: all,
    modules,
    env,
    folder,
    source,
  });
  const pipeline = checked.pipeline === undefined ? undefined : resolve(folder, checked.pipeline);
  return Object.freeze({ ...checked, path: file, folder, pipeline });
}

async function parseFile(file: string): Promise<ParsedConfig> {
  const near = relative(process.cwd(), file);
  const name = near.startsWith('..') || isAbsolute(near) ? file : near;
  const extension = extname(file);
  if (['.yaml', '.yml', '.json'].includes(extension)) {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      throw fileNotReadable(name, error);
    }
    return parseConfig(text, name);
  }
  if (!['.ts', '.mts', '.js', '.mjs'].includes(extension)) {
    const message = 'is no configuration file: it must end in .yaml, .yml, .json, .ts, .mts, .js or .mjs';
    throw invalidConfig([{ path: '', message }], { file: name });
  }
  return { value: await loadModule(file, name), source: { file: name } };
}

async function loadModule(file: string, name: string): Promise<unknown> {
  let value: unknown;
  try {
    value = await loadDefaultExport(file);
  } catch (error) {
    if (isCairnError(error)) throw error;
    const message = `could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
    throw invalidConfig([{ path: '', message }], { file: name }, error);
  }
  if (value !== undefined) return value;
  const message = 'has no configuration as its default export (export default defineConfig({ ... }))';
  throw invalidConfig([{ path: '', message }], { file: name });
}
