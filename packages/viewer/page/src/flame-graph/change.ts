/** How a value differs from the one it is compared with. */
export type ChangeKind = 'more' | 'less' | 'same' | 'new' | 'gone' | 'unclear';

export interface Side {
  readonly value: number;
  readonly samples: number;
}

/** Standard errors that a difference of sample counts must exceed; chance alone does so for 1 of 100. */
const LEAST_ERRORS = 2.58;
/** Smaller changes are called none. */
const LEAST_RATIO = 0.05;

/**
 * Samples come by chance, so each count n is uncertain by about the root of n: a difference counts if it is larger than
 * that of both sides together.
 */
export function changeKind(base: Side, other: Side): ChangeKind {
  if (base.value === 0 && other.value === 0) return 'same';
  const difference = other.value - base.value;
  const error = Math.hypot(errorOf(base, other), errorOf(other, base));
  if (Math.abs(difference) <= LEAST_ERRORS * error) {
    return Math.abs(difference) <= LEAST_RATIO * Math.max(base.value, other.value) ? 'same' : 'unclear';
  }
  if (base.samples === 0) return 'new';
  if (other.samples === 0) return 'gone';
  if (Math.abs(difference) <= LEAST_RATIO * Math.max(base.value, other.value)) return 'same';
  return difference > 0 ? 'more' : 'less';
}

/** The value's uncertainty; no sample at all is as uncertain as one, worth what a sample of the other side is. */
function errorOf(side: Side, other: Side): number {
  if (side.samples > 0) return side.value / Math.sqrt(side.samples);
  return other.samples > 0 ? other.value / other.samples : 0;
}

/**
 * Place on the diverging scale, -1 (only on the side compared with) to 1 (only on the later side), 0 for no change and
 * for one that chance explains. Half of the scale is a change by a factor of two.
 */
export function changeScale(base: Side, other: Side): number {
  const kind = changeKind(base, other);
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

/** In words; time is faster or slower, everything else more or less. */
export function changeWord(kind: ChangeKind, isTime: boolean): string {
  switch (kind) {
    case 'more': return isTime ? 'slower' : 'more';
    case 'less': return isTime ? 'faster' : 'less';
    case 'same': return 'unchanged';
    case 'new': return 'new';
    case 'gone': return 'gone';
    case 'unclear': return 'too few samples to tell';
  }
}
