/** Lets one do something at a time, in the order of asking: who asks again at once waits until all who wait have had their turn. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #failure: unknown;

  /** Of the first turn that failed. */
  get failure(): unknown {
    return this.#failure;
  }

  /** After a turn that failed there are no others: what they measure would go for nothing. */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(async () => {
      if (this.#failure !== undefined) throw new Error('Another variant has failed', { cause: this.#failure });
      return work();
    });
    this.#last = turn.catch((error: unknown) => {
      this.#failure ??= error;
    });
    return turn;
  }
}
