const INITIAL_ROWS = 64;

/**
 * A table of int32 rows in which every row exists once. Row 0 is all zeros and always there.
 *
 * Open addressing with linear probing over a slot array twice as long as the table, so that folding a call tree
 * into the dictionary allocates nothing per node. The cells of a row stand side by side: looking a row up touches one
 * place in memory.
 */
export class RowInterner {
  readonly #width: number;
  #cells: Int32Array;
  /** Row number + 1; 0 = free. The length is a power of two and at least twice the number of rows. */
  #slots: Int32Array;
  #length = 1;

  /** @param rows - about as many are expected */
  constructor(width: number, rows: number = INITIAL_ROWS) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(rows, INITIAL_ROWS)));
    this.#width = width;
    this.#cells = new Int32Array(width * capacity);
    this.#slots = new Int32Array(capacity * 2);
    this.#slots[slotHash(0, 0, 0, 0) & (this.#slots.length - 1)] = 1;
  }

  get length(): number {
    return this.#length;
  }

  /** Memory held by the rows and the index. */
  get byteLength(): number {
    return this.#slots.byteLength + this.#cells.byteLength;
  }

  /** The row's number, adding it if it is new. Cells beyond the width are ignored and must be 0. */
  intern(a: number, b: number, c = 0, d = 0): number {
    const width = this.#width;
    const slots = this.#slots;
    const cells = this.#cells;
    const mask = slots.length - 1;
    let slot = slotHash(a, b, c, d) & mask;
    for (let entry = slots[slot] as number; entry !== 0; entry = slots[slot] as number) {
      const at = (entry - 1) * width;
      if (cells[at] === a && cells[at + 1] === b && (width < 3 || cells[at + 2] === c) && (width < 4 || cells[at + 3] === d)) return entry - 1;
      slot = (slot + 1) & mask;
    }
    const row = this.#length;
    const at = row * width;
    if (at === cells.length) {
      this.#grow();
      return this.intern(a, b, c, d);
    }
    this.#length++;
    slots[slot] = row + 1;
    cells[at] = a;
    cells[at + 1] = b;
    if (width > 2) cells[at + 2] = c;
    if (width > 3) cells[at + 3] = d;
    return row;
  }

  at(row: number, column: number): number {
    return this.#cells[row * this.#width + column] as number;
  }

  /** The columns, cut to length. */
  columns(): Int32Array[] {
    const width = this.#width;
    const cells = this.#cells;
    return Array.from({ length: width }, (_, column) => {
      const values = new Int32Array(this.#length);
      for (let row = 0, at = column; row < values.length; row++, at += width) values[row] = cells[at] as number;
      return values;
    });
  }

  #grow(): void {
    const cells = new Int32Array(this.#cells.length * 2);
    cells.set(this.#cells);
    this.#cells = cells;
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    const width = this.#width;
    for (let row = 0; row < this.#length; row++) {
      const at = row * width;
      let slot = slotHash(
        cells[at] as number, cells[at + 1] as number, width < 3 ? 0 : (cells[at + 2] as number), width < 4 ? 0 : (cells[at + 3] as number),
      ) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = row + 1;
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
