/// <reference lib="es2024.arraybuffer" />
const INITIAL_BYTES = 16 * 1024;
const LONGEST_VARINT = 10;
const MAX_UINT32 = 0xffff_ffff;

const utf8 = new TextEncoder();
const halves = new DataView(new ArrayBuffer(8));

/**
 * Bytes in protobuf's encoding. One array that grows by doubling: at any time the bytes so far are in place, so that there
 * is nothing left to do at the end.
 */
export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The lower 64 bits: negative integers take ten bytes, those of 32 bits too, as in protobuf. Numbers are exact integers. */
  varint(value: bigint | number): void {
    this.#reserve(LONGEST_VARINT);
    this.#varint(value);
  }

  /** Varints without tags, with their length in front. */
  packedVarints(values: ArrayLike<bigint | number>): void {
    this.#reserve(LONGEST_VARINT * (values.length + 1));
    const start = this.begin();
    for (let i = 0; i < values.length; i++) this.#varint(values[i] as bigint | number);
    this.end(start);
  }

  fixed64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** As they are. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** With their length in front. */
  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** UTF-8 without a length. Lone surrogates become U+FFFD. */
  text(text: string): void {
    this.#reserve(text.length * 3);
    this.#length += utf8.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  /** {@link text} with its length in front. */
  string(text: string): void {
    const start = this.begin();
    this.text(text);
    this.end(start);
  }

  /** Begins what has its length in front. The result is for {@link end}. */
  begin(): number {
    this.#reserve(1);
    return ++this.#length;
  }

  /** Most lengths fit into the byte that was left free; for a longer one the content is moved. */
  end(start: number): void {
    const length = this.#length - start;
    const more = varintLength(length) - 1;
    if (more > 0) {
      this.#reserve(more);
      this.#bytes.copyWithin(start + more, start, this.#length);
    }
    this.#length = start - 1;
    this.#varint32(length);
    this.#length += length;
  }

  /** What was written. The writer is of no use afterwards. */
  finish(): Uint8Array {
    return new Uint8Array(this.#bytes.buffer.transfer(this.#length));
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    // The memory that was outgrown is free at once, not when it is collected.
    this.#bytes = new Uint8Array(this.#bytes.buffer.transfer(Math.max(this.#bytes.length * 2, needed)));
    this.#view = new DataView(this.#bytes.buffer);
  }

  #varint(value: bigint | number): void {
    if (typeof value === 'number' && value >= 0 && value <= MAX_UINT32) {
      this.#varint32(value);
      return;
    }
    halves.setBigInt64(0, BigInt(value));
    this.#varint64(halves.getUint32(4), halves.getUint32(0));
  }

  #varint32(value: number): void {
    const bytes = this.#bytes;
    let position = this.#length;
    let rest = value;
    while (rest > 0x7f) {
      bytes[position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[position++] = rest;
    this.#length = position;
  }

  #varint64(low: number, high: number): void {
    const bytes = this.#bytes;
    let position = this.#length;
    let lower = low;
    let upper = high;
    while (upper !== 0 || lower > 0x7f) {
      bytes[position++] = (lower & 0x7f) | 0x80;
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    bytes[position++] = lower;
    this.#length = position;
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) length++;
  return length;
}
