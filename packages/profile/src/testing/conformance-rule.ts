import type { ProfilesData } from '../otlp/messages.ts';

/** Reports each breach of one rule. */
export type ConformanceRule = (data: ProfilesData, report: (detail: string) => void) => void;
export type ConformanceRules = Readonly<Record<string, ConformanceRule>>;
