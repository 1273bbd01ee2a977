/** A set of covered time; 0 is the empty one. */
export type Cover = number;

const FULL = -1;

/**
 * Unions of intervals for the many nested sets of a span tree: each set is a segment tree over the same sorted
 * borders, and two sets are united by merging their trees, which takes apart the second. All unions of a tree of spans
 * together cost O(n log n), however deep it is; sorted lists would cost depth times samples.
 */
export class IntervalCovers {
  readonly #borders: Float64Array;
  readonly #slots: number;
  /** By tree node: its halves, {@link FULL} in `#left` where all of it is covered, and how much of it is covered. */
  #left = new Int32Array(1024);
  #right = new Int32Array(1024);
  #covered = new Float64Array(1024);
  #used = 1;
  readonly #free: number[] = [];

  /** @param borders starts and ends of every interval that will be added, in any order */
  constructor(borders: Float64Array) {
    const sorted = borders.slice().sort();
    let length = 0;
    for (const border of sorted) if (length === 0 || sorted[length - 1] !== border) sorted[length++] = border;
    this.#borders = sorted.slice(0, length);
    this.#slots = Math.max(1, length - 1);
  }

  /** The set with one more interval; `cover` itself is gone. */
  add(cover: Cover, start: number, end: number): Cover {
    const from = this.#indexOf(start);
    const to = this.#indexOf(end);
    return from < to ? this.#add(cover, 0, this.#slots, from, to) : cover;
  }

  /** The union of two sets; both are gone. */
  unite(a: Cover, b: Cover): Cover {
    if (a === 0) return b;
    if (b === 0) return a;
    if (this.#left[a] === FULL || this.#left[b] === FULL) {
      const [full, other] = this.#left[a] === FULL ? [a, b] : [b, a];
      this.#release(other);
      return full;
    }
    this.#left[a] = this.unite(this.#left[a]!, this.#left[b]!);
    this.#right[a] = this.unite(this.#right[a]!, this.#right[b]!);
    this.#covered[a] = this.#covered[this.#left[a]]! + this.#covered[this.#right[a]]!;
    this.#free.push(b);
    return a;
  }

  /** How much of `[from, to)` is covered. */
  coveredWithin(cover: Cover, from: number, to: number): number {
    return this.#coveredWithin(cover, 0, this.#slots, from, to);
  }

  #add(cover: Cover, low: number, high: number, from: number, to: number): Cover {
    if (cover !== 0 && this.#left[cover] === FULL) return cover;
    const node = cover === 0 ? this.#allocate() : cover;
    if (from <= low && high <= to) {
      this.#release(this.#left[node]!);
      this.#release(this.#right[node]!);
      this.#left[node] = FULL;
      this.#right[node] = 0;
      this.#covered[node] = this.#borders[high]! - this.#borders[low]!;
      return node;
    }
    const middle = (low + high) >> 1;
    // The halves first: to add to them may replace the arrays that they are written to.
    const left = from < middle ? this.#add(this.#left[node]!, low, middle, from, to) : this.#left[node]!;
    const right = to > middle ? this.#add(this.#right[node]!, middle, high, from, to) : this.#right[node]!;
    this.#left[node] = left;
    this.#right[node] = right;
    this.#covered[node] = this.#covered[left]! + this.#covered[right]!;
    return node;
  }

  #coveredWithin(node: Cover, low: number, high: number, from: number, to: number): number {
    if (node === 0) return 0;
    const start = this.#borders[low]!;
    const end = this.#borders[high]!;
    if (end <= from || start >= to) return 0;
    if (from <= start && end <= to) return this.#covered[node]!;
    if (this.#left[node] === FULL) return Math.min(end, to) - Math.max(start, from);
    const middle = (low + high) >> 1;
    return this.#coveredWithin(this.#left[node]!, low, middle, from, to) + this.#coveredWithin(this.#right[node]!, middle, high, from, to);
  }

  #indexOf(border: number): number {
    let low = 0;
    let high = this.#borders.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#borders[middle]! < border) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #allocate(): number {
    const recycled = this.#free.pop();
    const node = recycled ?? this.#used++;
    if (node === this.#left.length) this.#grow();
    this.#left[node] = 0;
    this.#right[node] = 0;
    this.#covered[node] = 0;
    return node;
  }

  /** Recurses no deeper than the tree, which is the logarithm of the number of borders. */
  #release(node: Cover): void {
    if (node === 0) return;
    if (this.#left[node] !== FULL) {
      this.#release(this.#left[node]!);
      this.#release(this.#right[node]!);
    }
    this.#free.push(node);
  }

  #grow(): void {
    const length = this.#left.length * 2;
    const left = new Int32Array(length);
    const right = new Int32Array(length);
    const covered = new Float64Array(length);
    left.set(this.#left);
    right.set(this.#right);
    covered.set(this.#covered);
    this.#left = left;
    this.#right = right;
    this.#covered = covered;
  }
}
