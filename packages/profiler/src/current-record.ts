import type { NativeTimeProfiler } from './types.ts';

/** What the native sampler notes: whatever `record` was when the next sample made the cell history. */
interface Cell {
  record: object | undefined;
}

/**
 * Tells the native sampler which record is current where it cannot look for itself.
 *
 * Handing it an object costs as much as ten activations, so it gets a cell that is changed in place, and a new one
 * only when a sample has been taken since: that sample keeps the old cell with the record of its time.
 */
export class CurrentRecord {
  #profiler: NativeTimeProfiler | undefined;
  #state: Uint32Array = new Uint32Array(1);
  #samplesSeen = 0;
  #cell: Cell = { record: undefined };

  /** The profiler has been started, or restarted: its count begins at 0, and the tree in conversion owns the old cell. */
  begin(profiler: NativeTimeProfiler): void {
    this.#profiler = profiler;
    this.#state = profiler.state;
    this.#renew(this.#cell.record);
  }

  end(): void {
    this.#profiler = undefined;
    this.#cell = { record: undefined };
  }

  set(record: object | undefined): void {
    if (this.#cell.record === record || this.#profiler === undefined) return;
    if (this.#state[0] === this.#samplesSeen) this.#cell.record = record;
    else this.#renew(record);
  }

  #renew(record: object | undefined): void {
    if (this.#profiler === undefined) return;
    this.#cell = { record };
    this.#samplesSeen = this.#state[0] ?? 0;
    this.#profiler.context = this.#cell;
  }
}

/** The record in what the native sampler noted. */
export function recordInCell(noted: object): object | undefined {
  return (noted as Partial<Cell>).record;
}
