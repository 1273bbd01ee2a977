import { defineConfig } from 'vitest/config';

const conditions = ['@flamespan/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['test/browser/test/**/*.test.ts'],
    globalSetup: ['test/node-version.ts', 'test/browser/src/global-setup.ts'],
    pool: 'forks',
    // One Chromium at a time is enough for two cores.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is polled comes at once on an idle machine; it may be late, but not wrong.
    expect: { poll: { timeout: 20_000 } },
  },
});
