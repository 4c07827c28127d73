import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Fails a build whose page loads more JavaScript than this before it shows anything: its entry, and what that imports at once. */
export function initialSize({ limit }: { readonly limit: number }): Plugin {
  return {
    name: 'cairn-playground-size',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const loaded = new Set<string>();
        const load = (name: string): void => {
          const chunk = bundle[name];
          if (chunk?.type !== 'chunk' || loaded.has(name)) return;
          loaded.add(name);
          for (const other of chunk.imports) load(other);
        };
        const entry = Object.values(bundle).find(
          (output) => output.type === 'chunk' && output.isEntry && output.name === 'index',
        );
        if (entry === undefined) this.error('the page was not built');
        load(entry.fileName);
        let size = 0;
        for (const name of loaded) {
          const chunk = bundle[name];
          if (chunk?.type === 'chunk') size += gzipSync(chunk.code, { level: 9 }).length;
        }
        const words = `initial JavaScript: ${Math.round(size / 1000)} kB gzipped, of ${limit / 1000} kB at most`;
        if (size > limit) this.error(words);
        this.info(words);
      },
    },
  };
}
