import type { AttributeValue } from '@flamespan/profile';

/** An object that takes any key, `__proto__` too. */
export function createAttributes(): Record<string, AttributeValue> {
  return Object.create(null) as Record<string, AttributeValue>;
}

/** A number where it is exact, else the bigint. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
