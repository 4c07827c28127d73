import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** Code is smaller than this; the engine and the examples' data are larger, or are no code. */
const isCode = /\.(js|css|html|svg)$/;

/** Tells the service worker which files there are; a change of any of them makes another service worker. */
export function offlineFiles({ publicFolder }: { readonly publicFolder: string }): Plugin {
  return {
    name: 'cairn-playground-offline',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle['sw.js'];
        if (worker?.type !== 'chunk') this.error('the service worker was not built');
        const built = Object.values(bundle).flatMap((output) =>
          output === worker || output.fileName.endsWith('.map')
            ? []
            : [
                [
                  output.fileName,
                  Buffer.from(output.type === 'chunk' ? output.code : output.source),
                ] as const,
              ],
        );
        const copied = readdirSync(publicFolder).map(
          (name) => [name, readFileSync(`${publicFolder}/${name}`)] as const,
        );
        const hash = createHash('sha256');
        const files = [...built, ...copied].map(([path, content]) => {
          hash.update(path).update(content);
          // DuckDB's worker script is of use with its WebAssembly alone.
          const isLarge = !isCode.test(path) || /duckdb-browser-eh\.worker/.test(path);
          return { path, bytes: content.length, isLarge };
        });
        const version = hash.digest('hex').slice(0, 16);
        worker.code = worker.code.replaceAll('__OFFLINE__', JSON.stringify({ version, files }));
      },
    },
  };
}
