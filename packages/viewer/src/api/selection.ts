/**
 * What a flame graph is drawn of. Heap samples have neither a time, nor a span, nor an endpoint, so that they are
 * answered for whole profiles only; `inuse_…` is what the last window of each thread says.
 */
export type ValueType = 'wall' | 'cpu' | 'inuse_space' | 'inuse_objects' | 'alloc_space' | 'alloc_objects';

/**
 * Which samples of a process count for a chosen span: its own and those of its descendants in the same process; its own;
 * those that all threads took in `(start, end]`; those of all windows that it lies in.
 */
export type Scope = 'span-and-children' | 'span' | 'span-period' | 'full-profile';

/**
 * Which samples are meant, as the query parameters of the API and of the page's addresses carry it. Everything left out
 * means "all". In a query string lists repeat their parameter: `endpoint=GET%20%2Fa&endpoint=POST%20%2Fb`.
 */
export interface SampleSelection {
  /** @defaultValue `'wall'` */
  readonly type?: ValueType;
  readonly service?: string;
  /** `''` among them = work for no endpoint. */
  readonly endpoint?: readonly string[];
  readonly version?: string;
  readonly host?: string;
  /** Equal for profiles of one process. */
  readonly process?: string;
  /** `thread.id`. */
  readonly thread?: number;
  /** One stored profile, see `ProfileRow.id`. */
  readonly profile?: number;
  /** Samples at or after, and before, milliseconds since the Unix epoch. */
  readonly from?: number;
  readonly to?: number;
  /** A span, with {@link scope}; `trace` without `span` = all spans of the trace. */
  readonly trace?: string;
  readonly span?: string;
  /** @defaultValue `'span-and-children'` */
  readonly scope?: Scope;
}
