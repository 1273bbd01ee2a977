/** Where a key moves a list's cursor; undefined = it moves nothing. `page` is how many rows are seen at once. */
export function rowAfterKey(key: string, row: number, count: number, page: number): number | undefined {
  const last = count - 1;
  const inside = (to: number): number => Math.max(0, Math.min(last, to));
  switch (key) {
    case 'ArrowDown': return inside(row + 1);
    case 'ArrowUp': return inside(row < 0 ? 0 : row - 1);
    case 'PageDown': return inside(row + page);
    case 'PageUp': return inside(row - page);
    case 'Home': return inside(0);
    case 'End': return inside(last);
    default: return undefined;
  }
}
