/** What a measured process is told, as JSON in the variable `OVERHEAD_PROCESS`. */
export interface ProcessSettings {
  readonly variant: string;
  readonly serverUrl: string;
  /** Time between two uploads of profiles; undefined = the variant's own. */
  readonly uploadSeconds?: number;
  /** Our profiles go into files there instead of to the server. */
  readonly profileDirectory?: string;
  /** What the program of the row `encode` encodes. */
  readonly encode?: 'ours' | 'pprof';
}

/** The program serves calls by name; arguments and results are plain data. */
export interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

export type ChildMessage =
  | { readonly type: 'ready'; readonly value: unknown }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly message: string };
