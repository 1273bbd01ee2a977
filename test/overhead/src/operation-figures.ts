/** What the program `run-operations.ts` is asked. */
export interface OperationRun {
  readonly name: string;
  /** It runs for this time at least: long enough for garbage collections to be in it. */
  readonly millis: number;
}

/** Each per operation. */
export interface OperationFigures {
  /** CPU time of the whole process, with the threads that collect garbage. */
  readonly cpuNanos: number;
  readonly wallNanos: number;
}
