import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // As in tsconfig.json.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    // The page's Content-Security-Policy has no data: for scripts and styles; fewer kinds of files to serve.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `vite packages/viewer/page` beside a viewer on its usual port, for work on the page itself.
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:4318' } },
});
