import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { trace } from '@opentelemetry/api';
import type { AppListening, WorkAnswer } from './messages.ts';

const BURN_MILLIS = 4;

/** The one function whose samples belong to requests; a test looks for its name. */
function burnForRequest(): number {
  const until = performance.now() + BURN_MILLIS;
  let value = 1;
  while (performance.now() < until) for (let i = 0; i < 1000; i++) value = (value * 31 + i) % 1_000_003;
  return value;
}

const server = createServer((request, response) => {
  const span = trace.getActiveSpan();
  if (request.url === '/call-out') {
    get({ port: (server.address() as AddressInfo).port, path: '/work' }, (inner) => {
      inner.resume().on('end', () => response.end());
    });
    return;
  }
  span?.setAttribute('http.route', '/work');
  burnForRequest();
  const { traceId = '', spanId = '' } = span?.spanContext() ?? {};
  response.end(JSON.stringify({ traceId, spanId } satisfies WorkAnswer));
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'listening', port: (server.address() as AddressInfo).port } satisfies AppListening);
});
