import type { Waterfall } from '../queries/waterfall.ts';

/**
 * The rows to show of a trace that has more spans than there is room: those with the most samples and, among equals,
 * the longest, each with all its ancestors, in their order.
 */
export function selectRows({ spans }: Waterfall, limit: number): number[] {
  const all = spans.map((_span, i) => i);
  if (all.length <= limit) return all;
  const byWeight = all.toSorted((a, b) => spans[b]!.samples - spans[a]!.samples || spans[b]!.durationNanos - spans[a]!.durationNanos);
  const chosen = new Set<number>();
  for (const row of byWeight) {
    if (chosen.size >= limit) break;
    const missing: number[] = [];
    for (let i = row; i !== -1 && !chosen.has(i) && chosen.size + missing.length <= limit; i = spans[i]!.parent) missing.push(i);
    if (chosen.size + missing.length <= limit) for (const i of missing) chosen.add(i);
  }
  return [...chosen].sort((a, b) => a - b);
}
