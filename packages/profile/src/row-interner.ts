const INITIAL_ROWS = 64;

/**
 * A table of int32 rows in which every row exists once. Row 0 is all zeros and always there.
 *
 * Open addressing with linear probing over a slot array twice as long as the columns, so that folding a call tree
 * into the dictionary allocates nothing per node.
 */
export class RowInterner {
  readonly #width: number;
  #columns: Int32Array[];
  /** Row number + 1; 0 = free. The length is a power of two and at least twice the number of rows. */
  #slots: Int32Array;
  #length = 1;

  /** @param rows - about as many are expected */
  constructor(width: number, rows: number = INITIAL_ROWS) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(rows, INITIAL_ROWS)));
    this.#width = width;
    this.#columns = Array.from({ length: width }, () => new Int32Array(capacity));
    this.#slots = new Int32Array(capacity * 2);
    this.#slots[slotHash(0, 0, 0, 0) & (this.#slots.length - 1)] = 1;
  }

  get length(): number {
    return this.#length;
  }

  /** Memory held by the columns and the index. */
  get byteLength(): number {
    return this.#slots.byteLength + this.#width * (this.#columns[0]?.byteLength ?? 0);
  }

  /** The row's number, adding it if it is new. Columns beyond the width are ignored and must be 0. */
  intern(a: number, b: number, c = 0, d = 0): number {
    const mask = this.#slots.length - 1;
    let slot = slotHash(a, b, c, d) & mask;
    for (;;) {
      const row = (this.#slots[slot] as number) - 1;
      if (row < 0) break;
      if (this.#equals(row, a, b, c, d)) return row;
      slot = (slot + 1) & mask;
    }
    const row = this.#length++;
    this.#slots[slot] = row + 1;
    if (row === (this.#columns[0] as Int32Array).length) this.#grow();
    const columns = this.#columns;
    (columns[0] as Int32Array)[row] = a;
    (columns[1] as Int32Array)[row] = b;
    if (this.#width > 2) (columns[2] as Int32Array)[row] = c;
    if (this.#width > 3) (columns[3] as Int32Array)[row] = d;
    return row;
  }

  at(row: number, column: number): number {
    return this.#columns[column]?.[row] as number;
  }

  /** Copies of the columns, cut to length. */
  columns(): Int32Array[] {
    return this.#columns.map((column) => column.slice(0, this.#length));
  }

  #equals(row: number, a: number, b: number, c: number, d: number): boolean {
    const columns = this.#columns;
    return (
      (columns[0] as Int32Array)[row] === a &&
      (columns[1] as Int32Array)[row] === b &&
      (this.#width < 3 || (columns[2] as Int32Array)[row] === c) &&
      (this.#width < 4 || (columns[3] as Int32Array)[row] === d)
    );
  }

  #grow(): void {
    this.#columns = this.#columns.map((column) => {
      const grown = new Int32Array(column.length * 2);
      grown.set(column);
      return grown;
    });
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (const entry of this.#slots) {
      if (entry === 0) continue;
      const row = entry - 1;
      const [a, b, c, d] = this.#columns;
      let slot = slotHash(a?.[row] ?? 0, b?.[row] ?? 0, c?.[row] ?? 0, d?.[row] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }
}

/** Multiply-and-mix in 32 bits; the constants are those of MurmurHash3's finaliser. */
function slotHash(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a, 0x85eb_ca6b) ^ Math.imul(b, 0xc2b2_ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x27d4_eb2f) ^ Math.imul(c, 0x1656_67b1) ^ Math.imul(d, 0x9e37_79b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
