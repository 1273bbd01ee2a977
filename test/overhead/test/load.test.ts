import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { histogram, HISTOGRAM_LABELS, longest } from '../src/busy-load.ts';
import { createExpressLoad } from '../src/express-load.ts';

let asked = 0;
let unanswered = 0;
let mostUnanswered = 0;
let status = 200;
let delayMillis = 0;
const server = createServer((_request, response) => {
  asked += 1;
  unanswered += 1;
  mostUnanswered = Math.max(mostUnanswered, unanswered);
  setTimeout(() => {
    unanswered -= 1;
    response.writeHead(status).end('ok');
  }, delayMillis);
});

beforeEach(async () => {
  [asked, unanswered, mostUnanswered, status, delayMillis] = [0, 0, 0, 200, 0];
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

const port = (): number => (server.address() as AddressInfo).port;

test('sends as many requests as it is told, and returns when all are answered', async () => {
  const load = createExpressLoad(port());
  expect(await load.drive(500, 5_000)).toBe(500);
  expect([asked, unanswered]).toEqual([500, 0]);
  load.close();
});

test('does not send faster than it is told', async () => {
  const load = createExpressLoad(port());
  const start = performance.now();
  await load.drive(50, 500);
  // A timer may fire a millisecond early.
  expect(performance.now() - start).toBeGreaterThan(90);
  load.close();
});

test('ends in time where the application is slow, without a heap of requests', async () => {
  delayMillis = 20;
  const load = createExpressLoad(port());
  const answered = await load.drive(1_000_000, 100_000, 200);
  expect(answered).toBeGreaterThan(0);
  expect(answered).toBe(asked);
  expect(answered).toBeLessThan(100_000);
  expect(mostUnanswered).toBeLessThanOrEqual(32);
  load.close();
});

test('fails where an answer is not 200', async () => {
  status = 503;
  const load = createExpressLoad(port());
  await expect(load.drive(10, 1_000)).rejects.toThrow('The application answered with 503');
  load.close();
});

test('counts gaps by their length', () => {
  const gaps = [1, 4.9, 5, 9.9, 10, 49, 50, 199, 200, 5_000].map((millis) => ({ atMillis: 0, millis, cpuMillis: millis / 2, collectionMillis: 0 }));
  expect(HISTOGRAM_LABELS).toEqual(['5 to 10 ms', '10 to 20 ms', '20 to 50 ms', '50 to 100 ms', '100 to 200 ms', 'over 200 ms']);
  expect(histogram(gaps)).toEqual([2, 1, 1, 1, 1, 2]);
  expect(longest(gaps)).toBe(5_000);
  expect(longest(gaps, ({ cpuMillis }) => cpuMillis)).toBe(2_500);
  expect(longest([])).toBe(0);
});
