/**
 * Sends the demo's kind of traffic to a viewer as fast as it takes it, for minutes, while a person looks at the page: does
 * the memory stay within its bound, and how long do the page's questions take?
 *
 *     node --conditions=@flamespan/source packages/viewer/bench/load.ts [--minutes 10] [--max-memory 256MiB] [--senders 2]
 *
 * Ends with 1 if the store grew beyond its bound, or if a question's 99th percentile is 100 ms or more.
 */
import { encodeOtlp } from '@flamespan/profile';
import { fork, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { constants, cpus, setPriority } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { StateAnswer, TracesAnswer } from '../src/api/answers.ts';
import { createTraffic } from './demo-traffic.ts';

const MIB = 1024 ** 2;
const MOST_MINUTES = 60;
const PROCESSES = 8;
const LIMIT_MILLIS = 100;
const LOOK_INTERVAL_MILLIS = 200;

interface Sent {
  windows: number;
  spans: number;
  samples: number;
  bytes: number;
  refused: number;
}

interface SenderTask {
  readonly url: string;
  readonly number: number;
  readonly untilMillis: number;
}

const agent = new Agent({ keepAlive: true });

function exchange(url: string, method: 'GET' | 'POST', body?: Uint8Array): Promise<{ status: number; body: Buffer; ownMillis: number }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, agent, headers: body === undefined ? {} : { 'content-type': 'application/x-protobuf', 'content-length': body.length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({
        status: response.statusCode ?? 0,
        body: Buffer.concat(chunks),
        ownMillis: Number(/cpu;dur=([\d.]+)/.exec(String(response.headers['server-timing']))?.[1] ?? NaN),
      }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function send({ url, number, untilMillis }: SenderTask): Promise<void> {
  let seed = number + 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const start = Date.now();
  const traffic = Array.from({ length: PROCESSES }, (_, i) => createTraffic(number * PROCESSES + i, start, random));
  const sent: Sent = { windows: 0, spans: 0, samples: 0, bytes: 0, refused: 0 };
  while (Date.now() < untilMillis) {
    const window = traffic[sent.windows % PROCESSES]!();
    const profile = encodeOtlp(window.profile);
    const answers = await Promise.all([exchange(`${url}/v1/traces`, 'POST', window.traces), exchange(`${url}/v1development/profiles`, 'POST', profile)]);
    sent.windows++;
    sent.spans += window.spans;
    sent.samples += window.samples;
    sent.bytes += window.traces.length + profile.length;
    sent.refused += answers.filter(({ status }) => status !== 200).length;
    if (sent.windows % 20 === 0) process.send?.({ ...sent });
  }
  process.send?.({ ...sent });
  agent.destroy();
}

/** Questions as the page asks them, and how long each took. */
class Looks {
  readonly #url: string;
  readonly millis = new Map<string, { readonly took: number[]; readonly own: number[] }>(); // own: on the CPU, which a busy machine does not lengthen
  readonly wrong: string[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async ask<Answer>(name: string, path: string): Promise<Answer | undefined> {
    const start = performance.now();
    const { status, body, ownMillis } = await exchange(this.#url + path, 'GET');
    const times = this.millis.get(name) ?? { took: [], own: [] };
    this.millis.set(name, times);
    times.took.push(performance.now() - start);
    times.own.push(ownMillis);
    // A trace may go while one looks at it.
    if (status !== 200 && status !== 404) this.wrong.push(`${path}: ${status} ${body.toString().slice(0, 200)}`);
    return status === 200 && body[0] === 0x7b ? JSON.parse(body.toString()) as Answer : undefined;
  }

  /** One look around: the list, its newest and its slowest trace, the aggregates. */
  async round(): Promise<StateAnswer | undefined> {
    await this.ask('page', '/');
    const state = await this.ask<StateAnswer>('state', '/api/state');
    await this.ask('traces, newest', '/api/traces');
    const slowest = await this.ask<TracesAnswer>('traces, slowest of an endpoint', '/api/traces?order=slowest&endpoint=GET%20%2Fsearch');
    const row = slowest?.traces[0];
    if (row !== undefined) {
      const span = `trace=${row.traceId}&span=${row.rootSpanId}`;
      await this.ask('trace', `/api/trace?trace=${row.traceId}`);
      await this.ask('span', `/api/span?${span}`);
      await this.ask('flame graph, span and children', `/api/call-tree?${span}`);
      await this.ask('flame graph, full profile', `/api/call-tree?${span}&scope=full-profile`);
      await this.ask('timeline', `/api/timeline?${span}`);
      await this.ask('findings of a trace', `/api/findings?trace=${row.traceId}`);
    }
    await this.ask('endpoints', '/api/endpoints');
    await this.ask('flame graph, endpoint', '/api/call-tree?endpoint=GET%20%2Fsearch&type=cpu');
    await this.ask('flame graph, everything', '/api/call-tree');
    await this.ask('diff of versions', '/api/diff?base.version=1.4.2&other.version=1.5.0');
    await this.ask('profiles', '/api/profiles');
    return state;
  }
}

async function rssOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) * 1024;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

function startViewer(maxMemory: string): Promise<{ url: string; pid: number; stop: () => Promise<void> }> {
  const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@flamespan/source', main, '--port', '0', '--grpc-port', '0', '--max-memory', maxMemory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    await exited;
  };
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const url = /^Flamespan viewer \S+: (http:\S+)$/m.exec(text)?.[1];
      if (url !== undefined && text.includes('Ctrl-C')) resolve({ url, pid: child.pid!, stop });
    });
    void exited.then(() => reject(new Error(`the viewer ended: ${text}`)));
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, 'max-memory': { type: 'string', default: '256MiB' }, senders: { type: 'string', default: '2' } } });
  const minutes = Number(values.minutes);
  const senders = Number(values.senders);
  if (!(minutes > 0 && minutes <= MOST_MINUTES) || !(senders >= 1 && senders <= 8)) throw new Error(`--minutes must be above 0, at most ${MOST_MINUTES}; --senders from 1 to 8`);

  const viewer = await startViewer(values['max-memory']);
  console.log(`Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; ${minutes} min, ${senders} senders, store of ${values['max-memory']}\n`);
  const untilMillis = Date.now() + minutes * 60_000;
  const sent: Sent[] = Array.from({ length: senders }, () => ({ windows: 0, spans: 0, samples: 0, bytes: 0, refused: 0 }));
  const sum = (key: keyof Sent): number => sent.reduce((total, each) => total + each[key], 0);
  const ended = Promise.all(sent.map((_, number) => new Promise<void>((resolve, reject) => {
    const sender = fork(fileURLToPath(import.meta.url), { execArgv: ['--conditions=@flamespan/source'], env: { ...process.env, FLAMESPAN_SENDER: JSON.stringify({ url: viewer.url, number, untilMillis } satisfies SenderTask) } });
    process.once('exit', () => sender.kill('SIGKILL'));
    // Who sends has time; who looks at the page has not.
    setPriority(sender.pid ?? 0, constants.priority.PRIORITY_LOW);
    sender.on('message', (message) => (sent[number] = message as Sent));
    sender.on('error', reject);
    sender.on('exit', () => resolve());
  })));
  ended.catch(() => {});

  const looks = new Looks(viewer.url);
  const rss: number[] = [];
  let mostBytes = 0;
  let maxBytes = 0;
  console.log('    time   spans sent  samples sent  spans held  samples held     store       RSS');
  const start = Date.now();
  const rowMillis = Math.min(30_000, (minutes * 60_000) / 10);
  let nextRow = start + rowMillis;
  while (Date.now() < untilMillis) {
    const state = await looks.round();
    if (state !== undefined) {
      mostBytes = Math.max(mostBytes, state.bytes);
      maxBytes = state.maxBytes;
      rss.push(await rssOf(viewer.pid));
      if (Date.now() >= nextRow) {
        nextRow += rowMillis;
        console.log([
          `${((Date.now() - start) / 1000).toFixed(0)} s`.padStart(8), sum('spans').toLocaleString('en').padStart(12), sum('samples').toLocaleString('en').padStart(13),
          state.spans.toLocaleString('en').padStart(11), state.samples.toLocaleString('en').padStart(13), `${(state.bytes / MIB).toFixed(0)} MiB`.padStart(9), `${(rss.at(-1)! / MIB).toFixed(0)} MiB`.padStart(9),
        ].join(' '));
      }
    }
    await setTimeout(LOOK_INTERVAL_MILLIS);
  }
  await ended;
  const seconds = (Date.now() - start) / 1000;
  const half = rss.slice(Math.floor(rss.length / 2));
  console.log(`\n${sum('windows').toLocaleString('en')} windows, ${Math.round(sum('spans') / seconds).toLocaleString('en')} spans/s, ${Math.round(sum('samples') / seconds).toLocaleString('en')} samples/s, ${(sum('bytes') / MIB / seconds).toFixed(1)} MiB/s; ${sum('refused')} refused`);
  console.log(`store: at most ${(mostBytes / MIB).toFixed(1)} of ${(maxBytes / MIB).toFixed(1)} MiB; RSS: median ${(percentile([...rss].sort((a, b) => a - b), 0.5) / MIB).toFixed(0)}, at most ${(Math.max(...rss) / MIB).toFixed(0)} MiB, at most ${(Math.max(...half) / MIB).toFixed(0)} MiB in the second half\n`);
  console.log(`${'question'.padEnd(34)}${'asked'.padStart(7)}${'p50 ms'.padStart(9)}${'p99 ms'.padStart(9)}${'max ms'.padStart(9)}   CPU of the answer: p50, p99`);
  const slow: string[] = [];
  for (const [name, { took, own }] of looks.millis) {
    const sorted = took.sort((a, b) => a - b);
    own.sort((a, b) => a - b);
    const p99 = percentile(sorted, 0.99);
    if (p99 >= LIMIT_MILLIS) slow.push(name);
    console.log(`${name.padEnd(34)}${String(sorted.length).padStart(7)}${percentile(sorted, 0.5).toFixed(1).padStart(9)}${p99.toFixed(1).padStart(9)}${sorted.at(-1)!.toFixed(1).padStart(9)}${Number.isNaN(own[0]) ? '' : `${percentile(own, 0.5).toFixed(1).padStart(27)}${percentile(own, 0.99).toFixed(1).padStart(7)}`}`);
  }
  const faults = [
    ...(mostBytes > maxBytes ? ['the store grew beyond its bound'] : []),
    ...(sum('refused') > 0 ? [`${sum('refused')} requests were refused`] : []),
    ...(slow.length > 0 ? [`p99 of ${LIMIT_MILLIS} ms or more: ${slow.join(', ')}`] : []),
    ...new Set(looks.wrong),
  ];
  console.log(faults.length === 0 ? '\nAll within bounds.' : `\n${faults.join('\n')}`);
  await viewer.stop();
  agent.destroy();
  return faults.length === 0 ? 0 : 1;
}

const task = process.env['FLAMESPAN_SENDER'];
if (task === undefined) {
  process.exitCode = await main();
} else {
  await send(JSON.parse(task) as SenderTask);
  process.disconnect();
}
