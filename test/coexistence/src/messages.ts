/** Who else may profile the application. */
export type OtherName = 'dd-trace' | 'newrelic' | '@pyroscope/nodejs' | 'second-copy' | 'same-copy' | 'inspector';

/** What a test sets, as JSON in the variable `COEXISTENCE_APP`. */
export interface AppSettings {
  readonly other?: {
    readonly name: OtherName;
    /** `'first'`: before the SDK starts. `'later'`: when the test says so. */
    readonly when: 'first' | 'later';
    /** Only loaded, or initialised for tracing alone, where false. */
    readonly profiling: boolean;
    /** As an ES module, where the product has one. */
    readonly esm?: boolean;
  };
}

export type Command = 'start-other' | 'report' | 'stop';

export type Reply =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'other-started' }
  | AppReport;

export interface AppReport {
  readonly type: 'report';
  /** Warnings and errors that `diag` was told since the start. */
  readonly logged: readonly string[];
  /** Of our samples within the functions that the handlers call. */
  readonly score: { readonly right: number; readonly wrong: number; readonly unlabelled: number };
  /** Samples with allocations, in all our profiles. */
  readonly heapSamples: number;
  /** What the other profiler took since the last report, where the application can ask it. */
  readonly otherSamples?: number;
}
