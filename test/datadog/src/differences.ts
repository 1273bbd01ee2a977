import { readFileSync } from 'node:fs';
import type { Facts } from './upload-facts.ts';

/** A difference that is meant. */
export interface AllowedDifference {
  /** A field, or with `/*` at the end everything below it. */
  readonly field: string;
  /** What each sends; `absent` where it sends nothing. With `/*` the one that is there is `…`. */
  readonly flamespan: string;
  readonly ddTrace: string;
  readonly reason: string;
}

export interface Difference {
  readonly field: string;
  readonly flamespan: string;
  readonly ddTrace: string;
}

export function readAllowedDifferences(): readonly AllowedDifference[] {
  return JSON.parse(readFileSync(new URL('../allowed-differences.json', import.meta.url), 'utf8')) as readonly AllowedDifference[];
}

export function differencesBetween(flamespan: Facts, ddTrace: Facts): Difference[] {
  const fields = [...new Set([...ddTrace.keys(), ...flamespan.keys()])].sort();
  return fields
    .map((field) => ({ field, flamespan: flamespan.get(field) ?? 'absent', ddTrace: ddTrace.get(field) ?? 'absent' }))
    .filter((difference) => difference.flamespan !== difference.ddTrace);
}

export interface Verdict {
  /** Differences that nobody has allowed. */
  readonly unexpected: readonly Difference[];
  /** Entries that allow what does not differ, or differs otherwise. */
  readonly stale: readonly AllowedDifference[];
}

export function judgeDifferences(differences: readonly Difference[], allowed: readonly AllowedDifference[]): Verdict {
  return {
    unexpected: differences.filter((difference) => !allowed.some((entry) => allows(entry, difference))),
    stale: allowed.filter((entry) => !differences.some((difference) => allows(entry, difference))),
  };
}

function allows(entry: AllowedDifference, difference: Difference): boolean {
  if (!entry.field.endsWith('/*')) {
    return entry.field === difference.field && entry.flamespan === difference.flamespan && entry.ddTrace === difference.ddTrace;
  }
  const sideFits = (expected: string, actual: string): boolean => (expected === '…' ? actual !== 'absent' : expected === actual);
  return difference.field.startsWith(entry.field.slice(0, -1)) && sideFits(entry.flamespan, difference.flamespan) && sideFits(entry.ddTrace, difference.ddTrace);
}

/** The list as it stands in the package's README. */
export function differencesTable(allowed: readonly AllowedDifference[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [
    '| Field | Flamespan | dd-trace | Why |',
    '| --- | --- | --- | --- |',
    ...allowed.map(({ field, flamespan, ddTrace, reason }) => `| ${cell(field)} | ${cell(flamespan)} | ${cell(ddTrace)} | ${cell(reason)} |`),
  ].join('\n');
}
