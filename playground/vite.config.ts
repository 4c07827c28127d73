import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { initialSize } from './build/initial-size.ts';
import { offlineFiles } from './build/offline.ts';

const local = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const modules = local('../node_modules/');

/** What the page may do. Styles that scripts set are allowed by it, style elements and inline scripts are not. */
const policy = (nonce = ''): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'wasm-unsafe-eval'${nonce}`,
    `style-src 'self'${nonce}`,
    "worker-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/** States the policy in the page itself, for hosts that send no headers. Vite's own style elements in dev carry a nonce. */
function statePolicy(isServed: boolean): Plugin {
  return {
    name: 'cairn-playground-policy',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: {
          'http-equiv': 'content-security-policy',
          content: policy(isServed ? " 'nonce-dev'" : ''),
        },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/** DuckDB's worker has a source map of sources that are not in its package, which is told for each of them. */
function quietMaps(): Plugin {
  return {
    name: 'cairn-playground-maps',
    apply: 'serve',
    configResolved({ logger }) {
      const { warnOnce } = logger;
      logger.warnOnce = (message, options) => {
        if (!/^Sourcemap for .*duckdb/.test(message)) warnOnce(message, options);
      };
    },
  };
}

export default defineConfig(({ command }) => ({
  base: './',
  plugins: [
    statePolicy(command === 'serve'),
    quietMaps(),
    offlineFiles({ publicFolder: local('public') }),
    initialSize({ limit: 250_000 }),
  ],
  ...(command === 'serve' ? { html: { cspNonce: 'dev' } } : {}),
  resolve: { alias: { '#data': `${modules}vega-datasets/data` } },
  define: {
    // A server that compresses does not say how much there is.
    __ENGINE_BYTES__: statSync(`${modules}@duckdb/duckdb-wasm/dist/duckdb-eh.wasm`).size,
  },
  // The engine's worker stands beside the package's own script, where Vite's pre-bundling would not find it.
  optimizeDeps: {
    exclude: ['@cairn/web', '@cairn/plugins', 'parquet-wasm'],
    // What these need is found only when they are loaded, and would reload the page in the middle of a run.
    include: [
      '@duckdb/duckdb-wasm',
      '@noble/hashes/sha2.js',
      '@noble/hashes/utils.js',
      'apache-arrow',
      'fzstd',
      'idb-keyval',
    ],
  },
  build: {
    // Beside what tsc writes there.
    outDir: 'dist/site',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1000,
    // Data is a file, however small: a data URL could not be fetched under the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: local('index.html'), sw: local('service-worker/service-worker.ts') },
      // A service worker is in charge of what stands beside and below it.
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
}));
