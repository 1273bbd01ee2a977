import type { ProfilesData } from '../otlp/messages.ts';
import { profileRules } from './conformance-profile-rules.ts';
import type { ConformanceRules } from './conformance-rule.ts';
import { tableRules } from './conformance-table-rules.ts';

export interface ConformanceViolation {
  readonly rule: string;
  readonly detail: string;
}

/**
 * What OTLP 1.11 asks of a producer, and what its conformance tool (`profcheck` of the OpenTelemetry profiling group, all
 * of its checks switched on) and the known backends refuse.
 */
export const CONFORMANCE_RULES: ConformanceRules = { ...profileRules, ...tableRules };

/** Every breach of every rule. Empty = the message may be sent. */
export function checkConformance(data: ProfilesData): ConformanceViolation[] {
  const violations: ConformanceViolation[] = [];
  for (const [rule, check] of Object.entries(CONFORMANCE_RULES)) {
    check(data, (detail) => violations.push({ rule, detail }));
  }
  return violations;
}
