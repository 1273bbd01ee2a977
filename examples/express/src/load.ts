/** Sends requests to the shop for a while, then says how they were answered. */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { planRound, TRAFFIC, type Traffic } from './traffic.ts';

const USAGE = `Usage: node src/load.ts [options]
  --url <url>            shop to send requests to (default http://127.0.0.1:3000)
  --rate <number>        requests started per second, at most (default 30)
  --concurrency <number> requests under way at a time, at most (default 6)
  --seconds <number>     how long (default 20)
  --help`;
const REQUEST_TIMEOUT_MILLIS = 10_000;

interface LoadOptions {
  url: string;
  rate: number;
  concurrency: number;
  seconds: number;
}

interface Tally {
  readonly durationsMillis: number[];
  unexpected: number;
}

function readOptions(): LoadOptions {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      rate: { type: 'string', default: '30' },
      concurrency: { type: 'string', default: '6' },
      seconds: { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const [rate, concurrency, seconds] = (['rate', 'concurrency', 'seconds'] as const).map((name) => {
    const value = Number(values[name]);
    if (!(value > 0 && value <= 10_000)) throw new RangeError(`--${name} must be a number between 0 and 10000`);
    return value;
  }) as [number, number, number];
  return { url: values.url, rate, concurrency, seconds };
}

async function send(url: string, kind: Traffic, number: number, tally: Tally): Promise<void> {
  const { path, method = 'GET', body } = kind.request(number);
  const start = performance.now();
  try {
    const response = await fetch(new URL(path, url), {
      method,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLIS),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    await response.arrayBuffer();
    tally.durationsMillis.push(performance.now() - start);
    if (response.status !== kind.expectedStatus) tally.unexpected++;
  } catch {
    tally.unexpected++;
  }
}

async function runLoad({ url, rate, concurrency, seconds }: LoadOptions, signal: AbortSignal): Promise<Map<Traffic, Tally>> {
  const round = planRound(TRAFFIC);
  const tallies = new Map(TRAFFIC.map((kind): [Traffic, Tally] => [kind, { durationsMillis: [], unexpected: 0 }]));
  const end = performance.now() + seconds * 1000;
  let nextStart = performance.now();
  let number = 0;

  async function sendInTurn(): Promise<void> {
    for (;;) {
      const start = Math.max(nextStart, performance.now());
      nextStart = start + 1000 / rate;
      if (start >= end) return;
      try {
        await setTimeout(Math.max(0, start - performance.now()), undefined, { signal });
      } catch {
        return;
      }
      const kind = round[number % round.length] as Traffic;
      await send(url, kind, number++, tallies.get(kind) as Tally);
    }
  }

  await Promise.all(Array.from({ length: concurrency }, sendInTurn));
  return tallies;
}

function printSummary(tallies: ReadonlyMap<Traffic, Tally>): void {
  const rows = [...tallies].map(([kind, { durationsMillis, unexpected }]) => {
    const sorted = durationsMillis.toSorted((left, right) => left - right);
    const quantile = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1);
    return [kind.route, String(sorted.length), quantile(0.5), quantile(0.95), String(unexpected)];
  });
  const table = [['route', 'answers', 'p50 ms', 'p95 ms', 'unexpected'], ...rows];
  for (const [route = '', ...numbers] of table) {
    console.log(route.padEnd(28) + numbers.map((cell) => cell.padStart(11)).join(''));
  }
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

try {
  const tallies = await runLoad(readOptions(), interrupted.signal);
  printSummary(tallies);
  if ([...tallies.values()].some(({ unexpected }) => unexpected > 0)) process.exitCode = 1;
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 1;
}
