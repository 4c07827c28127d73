import type { ParquetWasm, StartedWasm } from './wasm.ts';

/** What is used of Node's own loader of CommonJS modules, which can forget them. */
interface Require {
  (name: string): ParquetWasm;
  resolve(name: string): string;
  readonly cache: Record<string, unknown>;
}

/** What is used of Node's `process`. */
interface Process {
  getBuiltinModule?(name: 'module'): { createRequire(url: string): Require };
}

const name = 'parquet-wasm/node';

/**
 * The library as Node loads it, started anew: what a trap has left behind is forgotten with the instance that it was in.
 * Where it cannot be (a bundle), it is the one that was imported first.
 */
export async function startParquetWasm(): Promise<StartedWasm> {
  const { process } = globalThis as { readonly process?: Process };
  const require = process?.getBuiltinModule?.('module').createRequire(import.meta.url);
  try {
    if (require !== undefined) {
      delete require.cache[require.resolve(name)];
      return { library: require(name), isFresh: true };
    }
  } catch {
    // The package is not beside this file: it was bundled.
  }
  return { library: await import('parquet-wasm/node'), isFresh: false };
}
