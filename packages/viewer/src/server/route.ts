import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request with what it asks for. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** As it came, neither decoded nor normalised. */
  readonly pathname: string;
  readonly query: URLSearchParams;
}

/** What answers the requests to one path. */
export interface Route {
  readonly methods: readonly string[];
  /** Answers. What it throws becomes the answer. */
  readonly answer: (exchange: Exchange) => void | Promise<void>;
}

export function get(answer: Route['answer']): Route {
  return { methods: ['GET', 'HEAD'], answer };
}
