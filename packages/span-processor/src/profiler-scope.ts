import type { InstrumentationScope } from '@flamespan/profile';

/** What took the samples; all packages are released in lock-step. */
export const PROFILER_SCOPE: InstrumentationScope = Object.freeze({ name: '@flamespan/profiler', version: '0.1.0' });
