import { defineConfig } from 'vitest/config';

const conditions = ['@flamespan/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['test/backends/test/**/*.test.ts'],
    globalSetup: ['test/node-version.ts', 'test/backends/src/global-setup.ts'],
    pool: 'forks',
    // Two cores are enough for one Pyroscope and one application under load, not for two.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // What is polled comes at once on an idle machine; it may be late, but not wrong.
    expect: { poll: { timeout: 20_000 } },
  },
});
