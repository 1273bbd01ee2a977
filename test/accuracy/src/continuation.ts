import type { Span, Tracer } from '@opentelemetry/api';

/** One run of a kind of continuation, in a request or job of its own. */
export interface Run {
  readonly tracer: Tracer;
  /** The span that is active when the run begins. */
  readonly span: Span;
  /** Different for every run. */
  readonly id: number;
  readonly surroundings: Surroundings;
  /** Burns CPU in a function that is named for the kind. `expected` is the active span, by default that of the run. */
  burn(expected?: Span): void;
  /** No span may be active here. */
  burnOutside(): void;
  /** The active span is whatever OpenTelemetry reports: which one that is may differ between versions. */
  burnAsReported(): void;
}

/** What runs share, as the requests of a service share its pools and workers. */
export interface Surroundings {
  /** A server in another process that answers every request with a few kilobytes. */
  readonly upstream: { readonly port: number };
  readonly pool: CallbackPool;
  readonly echo: EchoWorker;
  /** Collects the samples now. False if it was too early to do so again. */
  collect(): boolean;
}

/** Connections that work on a queue: a callback runs in whatever called when its connection became free. */
export interface CallbackPool {
  query(callback: () => void): void;
}

export interface EchoWorker {
  /** The callback runs in the listener of the worker's messages. */
  ask(callback: () => void): void;
}

/** Resolves when everything it started has run. */
export type Continuation = (run: Run) => Promise<void>;
