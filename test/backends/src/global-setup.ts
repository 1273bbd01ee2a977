import type { TestProject } from 'vitest/node';
import { collectorRecipe, goModuleDirectory, pyroscopeRecipe } from './backend-binaries.ts';
import { cachedBinary } from './binary-cache.ts';
import { findGo } from './go-toolchain.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Paths of the binaries; null without Go. */
    readonly backends: { readonly collector: string; readonly pyroscope: string } | null;
  }
}

export default async function provideBackends(project: TestProject): Promise<void> {
  const go = await findGo(goModuleDirectory);
  if ('missing' in go) {
    if (process.env['FLAMESPAN_REQUIRE_BACKENDS'] === '1') {
      throw new Error(`The backend tests need Go >= 1.26, and FLAMESPAN_REQUIRE_BACKENDS=1 does not allow skipping them: ${go.missing}.`);
    }
    console.log(`SKIPPED: the tests with a real Collector and Pyroscope need Go >= 1.26 to build them, and ${go.missing}.`);
    project.provide('backends', null);
    return;
  }
  project.provide('backends', {
    collector: await cachedBinary(collectorRecipe, go.version),
    pyroscope: await cachedBinary(pyroscopeRecipe, go.version),
  });
}
