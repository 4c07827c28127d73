import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { functionName, hashSources } from './hash-sources.ts';

/** What is used of Vite's and Rollup's context of a plugin. */
interface PluginContext {
  addWatchFile(path: string): void;
  error(message: string): never;
}

/** A plugin of Vite and Rollup, by its shape. */
export interface SourceVersionsPlugin {
  readonly name: string;
  readonly enforce: 'pre';
  transform(
    this: PluginContext,
    code: string,
    id: string,
  ): Promise<{ readonly code: string; readonly map: null } | undefined>;
}

const call = new RegExp(
  `\\b${functionName}\\(\\s*import\\.meta\\.url\\s*(?:,\\s*\\[([^\\]]*)\\]\\s*)?,?\\s*\\)`,
  'g',
);
const anyCall = new RegExp(`\\b${functionName}\\(`, 'g');
const literal = /^\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*$/;

/**
 * Puts the version of a module's source in the place of `sourceVersion(import.meta.url, [...])`: the one that Node
 * reads from the same files. Positions in source maps move within that line only.
 *
 * @example
 * export default defineConfig({ plugins: [sourceVersions()] });
 */
export function sourceVersions(): SourceVersionsPlugin {
  return {
    name: 'cairn-source-versions',
    enforce: 'pre',
    async transform(code, id) {
      const path = id.replace(/[?#].*$/s, '');
      const calls = [...code.matchAll(call)];
      if (id.startsWith('\0') || path.includes('/node_modules/') || calls.length === 0) return undefined;
      if (calls.length < [...code.matchAll(anyCall)].length)
        this.error(`${functionName} takes import.meta.url, and a list of string literals at most`);
      let [replaced, at] = ['', 0];
      for (const found of calls) {
        const also = pathsIn(found[1] ?? '');
        if (also === undefined)
          this.error(`${functionName} takes a list of string literals, not ${found[1]}`);
        const paths = [path, ...also.map((one) => resolve(dirname(path), one))];
        for (const other of paths.slice(1)) this.addWatchFile(other);
        const texts = await Promise.all(paths.map((one) => readFile(one, 'utf8')));
        replaced += `${code.slice(at, found.index)}${JSON.stringify(hashSources(texts))}`;
        at = found.index + found[0].length;
      }
      return { code: replaced + code.slice(at), map: null };
    },
  };
}

/** The string literals of a list; undefined when there is anything else. */
function pathsIn(list: string): string[] | undefined {
  const items = list.split(',').filter((item) => item.trim() !== '');
  const paths = items.map((item) => literal.exec(item)).map((match) => match?.[1] ?? match?.[2]);
  return paths.some((path) => path === undefined) ? undefined : (paths as string[]);
}
