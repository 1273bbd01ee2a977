/** Sends requests to the front for a while, then says how they were answered. */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TRAFFIC, type Traffic } from './traffic.ts';

const USAGE = `Usage: node src/load.ts [options]
  --url <url>        front to send requests to (default http://127.0.0.1:3000)
  --seconds <number> how long (default 20)
  --help`;
const REQUEST_TIMEOUT_MILLIS = 15_000;
/** A kind of request of which this many are under way misses its turn. */
const MOST_UNDER_WAY = 3;

interface Tally {
  readonly durationsMillis: number[];
  unexpected: number;
}

function readOptions(): { url: string; seconds: number } {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      seconds: { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds <= 10_000)) throw new RangeError('--seconds must be a number between 0 and 10000');
  return { url: values.url, seconds };
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

/** Sends one kind of request at its own rate. */
async function sendKind(url: string, kind: Traffic, signal: AbortSignal): Promise<Tally> {
  const tally: Tally = { durationsMillis: [], unexpected: 0 };
  const underWay = new Set<Promise<void>>();
  for (let number = 0; !signal.aborted; number++) {
    if (underWay.size < MOST_UNDER_WAY) {
      const sending = send(url, kind, number, tally).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
    await setTimeout(1000 / kind.perSecond, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(underWay);
  return tally;
}

function printSummary(tallies: readonly Tally[]): void {
  const rows = TRAFFIC.map(({ route }, index) => {
    const { durationsMillis, unexpected } = tallies[index] as Tally;
    const sorted = durationsMillis.toSorted((left, right) => left - right);
    const quantile = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1);
    return [route, String(sorted.length), quantile(0.5), quantile(0.95), String(unexpected)];
  });
  const table = [['route', 'answers', 'p50 ms', 'p95 ms', 'unexpected'], ...rows];
  for (const [route = '', ...numbers] of table) {
    console.log(route.padEnd(29) + numbers.map((cell) => cell.padStart(11)).join(''));
  }
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

try {
  const { url, seconds } = readOptions();
  const over = AbortSignal.any([interrupted.signal, AbortSignal.timeout(seconds * 1000)]);
  const tallies = await Promise.all(TRAFFIC.map((kind) => sendKind(url, kind, over)));
  printSummary(tallies);
  if (tallies.some(({ unexpected }) => unexpected > 0)) process.exitCode = 1;
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 1;
}
