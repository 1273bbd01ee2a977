import { defineConfig } from 'vitest/config';

const conditions = ['@flamespan/source', 'node', 'import', 'module', 'default'];
/** CPU figures and whole matrices: one file after another, when the rest is through. */
const measured = ['test/accuracy/test/**/*.test.ts', 'test/compat/test/**/*.test.ts', 'test/overhead/test/operations.test.ts'];

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    globalSetup: ['test/node-version.ts'],
    // One native profiler per process: files must not share one.
    pool: 'forks',
    clearMocks: true,
    // Child processes that sample for seconds need room on a busy two-core machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is polled comes at once on an idle machine; it may be late, but not wrong.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['packages/*/test/**/*.test.ts', 'packages/viewer/page/test/**/*.test.ts', 'test/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
          // Those of backends and browsers need more than Node, and have their own set-up.
          exclude: ['**/node_modules/**', 'test/backends/**', 'test/browser/**', ...measured],
        },
      },
      { extends: true, test: { name: 'measured', include: measured, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
