/** Milliseconds since the Unix epoch, with a fraction. Loses what is below a microsecond. */
export function momentOf(unixNano: bigint): number {
  return Number(unixNano / 1_000n) / 1_000;
}
