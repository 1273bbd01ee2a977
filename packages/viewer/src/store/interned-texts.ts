import { stringBytes } from './memory-size.ts';

/** A text that many traces share. Two of the same table are equal where they are identical. */
export interface InternedText {
  readonly text: string;
}

interface Entry extends InternedText {
  references: number;
}

const ENTRY_BYTES = 140;

/** Texts that are in use, once each, so that a filter looks at each of them once and not once a trace. */
export class InternedTexts {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  acquire(text: string): InternedText {
    let entry = this.#entries.get(text);
    if (entry === undefined) {
      entry = { text, references: 0 };
      this.#entries.set(text, entry);
      this.#bytes += ENTRY_BYTES + stringBytes(text);
    }
    entry.references++;
    return entry;
  }

  /** Once for each {@link acquire}. */
  release({ text }: InternedText): void {
    const entry = this.#entries.get(text);
    if (entry === undefined || --entry.references > 0) return;
    this.#entries.delete(text);
    this.#bytes -= ENTRY_BYTES + stringBytes(text);
  }

  [Symbol.iterator](): Iterator<InternedText> {
    return this.#entries.values();
  }
}
