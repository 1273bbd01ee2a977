/**
 * `[offset, offset + limit)` of the items by rank, highest first; those of equal rank keep their order. Sorts the one
 * page, not all items.
 */
export function pageOf<T>(items: readonly T[], rankOf: (item: T) => number, offset: number, limit: number): T[] {
  const end = Math.min(items.length, offset + limit);
  if (offset >= end) return [];
  const ranks = new Float64Array(items.length);
  for (let i = 0; i < items.length; i++) ranks[i] = rankOf(items[i]!);
  const scratch = ranks.slice();
  const highest = nthHighest(scratch, offset);
  const lowest = nthHighest(scratch, end - 1);
  // Of the items with the highest rank some may be on the page before, of those with the lowest on the page after.
  let before = offset - countAbove(ranks, highest);
  let room = end - offset;
  const page: number[] = [];
  const ofLowest: number[] = [];
  for (let i = 0; i < ranks.length; i++) {
    const rank = ranks[i]!;
    if (rank > highest || rank < lowest || (rank === highest && before-- > 0)) continue;
    (rank === lowest ? ofLowest : page).push(i);
  }
  room -= page.length;
  return [...page.sort((a, b) => ranks[b]! - ranks[a]! || a - b), ...ofLowest.slice(0, room)].map((i) => items[i]!);
}

function countAbove(values: Float64Array, limit: number): number {
  let count = 0;
  for (const value of values) if (value > limit) count++;
  return count;
}

/** Changes the order of the values (Hoare's selection). */
function nthHighest(values: Float64Array, n: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! > pivot) i++;
      while (values[j]! < pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (n <= j) high = j;
    else if (n >= i) low = i;
    else break;
  }
  return values[n]!;
}
