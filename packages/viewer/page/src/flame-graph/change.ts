import type { CallTreeDiff } from '../../../src/call-tree/call-tree.ts';
import { differ } from '../../../src/call-tree/significance.ts';

/** How a value differs from the one it is compared with. */
export type ChangeKind = 'more' | 'less' | 'same' | 'new' | 'gone' | 'unclear';

export interface Side {
  readonly value: number;
  readonly samples: number;
}

/** Against what the samples of each side are counted: calls or samples of the whole side. null = their number says nothing of chance. */
export type Trials = { readonly base: number; readonly other: number } | null;

export interface Comparison {
  readonly trials: Trials;
  /** Whether values are time per call, so that more of it is slower; else parts of a total, or memory. */
  readonly isTimePerCall: boolean;
}

/** Of trees whose values nobody has made comparable: against all samples of each side, memory by its values alone. */
export function comparisonOf({ unit, samples, baseSamples }: CallTreeDiff): Comparison {
  const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
  return { trials: unit === 'nanoseconds' ? { base: sum(baseSamples), other: sum(samples) } : null, isTimePerCall: false };
}

/** Smaller changes are called none. */
const LEAST_RATIO = 0.05;

export function changeKind(base: Side, other: Side, trials: Trials): ChangeKind {
  if (Math.abs(other.value - base.value) <= LEAST_RATIO * Math.max(base.value, other.value)) return 'same';
  if (trials !== null && !differ({ count: base.samples, trials: trials.base }, { count: other.samples, trials: trials.other })) return 'unclear';
  if (base.value <= 0) return 'new';
  if (other.value <= 0) return 'gone';
  return other.value > base.value ? 'more' : 'less';
}

/**
 * Place on the diverging scale, -1 (only on the side compared with) to 1 (only on the later side), 0 for no change and
 * for one that chance explains. Half of the scale is a change by a factor of two.
 */
export function changeScale(base: Side, other: Side, trials: Trials): number {
  const kind = changeKind(base, other, trials);
  if (kind === 'same' || kind === 'unclear') return 0;
  if (base.value <= 0) return 1;
  if (other.value <= 0) return -1;
  return Math.max(-1, Math.min(1, Math.log2(other.value / base.value) / 2));
}

/** `+67%`, `-40%`, `3.1 times` for much more; `''` where one side has nothing. */
export function changeText(base: number, other: number): string {
  if (base <= 0 || other <= 0) return '';
  const ratio = other / base;
  if (ratio >= 3) return `${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)} times`;
  const percent = (ratio - 1) * 100;
  const digits = Math.abs(percent) < 9.95 ? 1 : 0;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(digits)}%`;
}

/** In words; time per call is faster or slower, everything else more or less. */
export function changeWord(kind: ChangeKind, isTimePerCall: boolean): string {
  return (isTimePerCall ? TIME_WORDS : WORDS)[kind];
}

const WORDS: Readonly<Record<ChangeKind, string>> = {
  more: 'more', less: 'less', same: 'unchanged', new: 'new', gone: 'gone', unclear: 'too few samples to tell',
};
const TIME_WORDS: Readonly<Record<ChangeKind, string>> = { ...WORDS, more: 'slower', less: 'faster' };
