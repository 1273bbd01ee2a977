import { defineConfig } from 'vitest/config';

const conditions = ['@flamespan/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/*/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/backends/**'],
    globalSetup: ['test/node-version.ts'],
    // One native profiler per process: files must not share one.
    pool: 'forks',
    clearMocks: true,
    // Child processes that sample for seconds need room on a busy two-core machine.
    testTimeout: 60_000,
  },
});
