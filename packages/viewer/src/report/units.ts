const STEPS = [
  { unit: 'µs', nanos: 1e3, below: 10 },
  { unit: 'ms', nanos: 1e6, below: 1e3 },
  { unit: 's', nanos: 1e9, below: 600 },
  { unit: 'min', nanos: 60e9, below: 600 },
  { unit: 'h', nanos: 3_600e9, below: 240 },
  { unit: 'd', nanos: 86_400e9, below: 1_000 },
  { unit: 'y', nanos: 31_557_600e9, below: Infinity },
] as const;

/** `0.42 ms`, `45.2 ms`, `312 ms`, `1.24 s`: three digits that say something. */
export function formatDuration(nanos: number): string {
  if (nanos <= 0) return '0 ms';
  for (const { unit, nanos: size, below } of STEPS) {
    const value = nanos / size;
    const digits = threeDigits(value);
    if (Number(digits) < below) return `${digits} ${unit}`;
  }
  return '';
}

function threeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

/** `61.2%`; what is there but too little to show is `<0.1%`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1%';
  return `${(share * 100).toFixed(1)}%`;
}

/** `12,345` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 span`, `2 spans` */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
