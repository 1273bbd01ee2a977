export { checkConformance, CONFORMANCE_RULES } from './conformance.ts';
export type { ConformanceRule, ConformanceRules } from './conformance-rule.ts';
export type { ConformanceViolation } from './conformance.ts';
export { dumpProfile } from './dump-profile.ts';
export { otlpProjection } from './otlp-projection.ts';
export { pprofProjection } from './pprof-projection.ts';
export { profileFromStacks, spanIdFor, traceIdFor } from './profile-from-stacks.ts';
export type { ProfileFromStacksOptions } from './profile-from-stacks.ts';
