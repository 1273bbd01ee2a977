export { createAgentSource } from './agent-source.ts';
export type { AgentSource, HttpAgentFactory } from './agent-source.ts';
export { classifyConnectionError, errorCode, errorKind } from './connection-failure.ts';
export type { ConnectionFailure } from './connection-failure.ts';
export type { HttpExchange, HttpExchangeResult, HttpResponse } from './http-exchange.ts';
export { postHttp, withDeadline } from './http-post.ts';
export type { DeadlineResult } from './http-post.ts';
export { redirectionHost } from './redirection-host.ts';
export { parseRetryAfter } from './retry-after.ts';
