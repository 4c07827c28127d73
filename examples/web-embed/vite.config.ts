import { defineConfig } from 'vite';

export default defineConfig({
  // The engine's worker stands beside the package's own script, where Vite's pre-bundling would not find it.
  optimizeDeps: { exclude: ['@cairn/web', '@cairn/plugins'] },
  build: { target: 'es2022', chunkSizeWarningLimit: 1000 },
});
