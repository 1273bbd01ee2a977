/**
 * `[offset, offset + limit)` of the items by rank, highest first; those of equal rank keep their order. Sorts numbers
 * and the one page, not all items.
 */
export function pageOf<T>(items: readonly T[], rankOf: (item: T) => number, offset: number, limit: number): T[] {
  if (offset >= items.length || limit === 0) return [];
  const ranks = Float64Array.from(items, rankOf);
  const sorted = ranks.slice().sort();
  const end = Math.min(items.length, offset + limit);
  const highest = sorted[items.length - 1 - offset]!;
  const lowest = sorted[items.length - end]!;
  // Items between the two ranks; of those with the highest some may be on the page before.
  let skipped = offset - countAbove(sorted, highest);
  const page: number[] = [];
  let ofLowest = end - countAbove(sorted, lowest);
  if (highest === lowest) ofLowest -= offset - countAbove(sorted, highest);
  for (let i = 0; i < items.length; i++) {
    const rank = ranks[i]!;
    if (rank > highest || rank < lowest) continue;
    if (rank === highest && skipped > 0) {
      skipped--;
    } else if (rank !== lowest) {
      page.push(i);
    } else if (ofLowest > 0) {
      ofLowest--;
      page.push(i);
    }
  }
  return page.sort((a, b) => ranks[b]! - ranks[a]! || a - b).map((i) => items[i]!);
}

function countAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
}
