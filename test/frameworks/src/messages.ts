export type AppName = 'express-4' | 'express-5' | 'fastify' | 'node-http';

/** What a test sets, as JSON in the variable `FRAMEWORKS_APP`. */
export interface AppSettings {
  readonly name: AppName;
  /** How the application loads its framework, and with it how OpenTelemetry gets to instrument it. */
  readonly modules: 'commonjs' | 'esm';
  readonly semanticConventions: 'stable' | 'old';
}

export type Command = 'report';

export type Reply = { readonly type: 'listening'; readonly port: number } | AppReport;

/** What the samples within one function are linked to. */
export interface FunctionLinks {
  readonly samples: number;
  /** Samples without a span, or with one that did not run in this process. */
  readonly unlinked: number;
  readonly endpoints: readonly string[];
  /** Methods and raw paths of the requests that the local roots served. */
  readonly requests: readonly string[];
}

export interface AppReport {
  readonly type: 'report';
  /** Warnings and errors that `diag` was told since the start. */
  readonly logged: readonly string[];
  readonly functions: Readonly<Record<string, FunctionLinks>>;
  /** In all profiles. */
  readonly endpointCalls: Readonly<Record<string, number>>;
  /** Ended server spans by their method and `http.route`, as the instrumentations set them. */
  readonly serverSpans: Readonly<Record<string, number>>;
  /** The names of the attributes that hold the method in server spans. */
  readonly methodAttributes: readonly string[];
  /** Everything that was exported in clear text. */
  readonly strings: readonly string[];
}
