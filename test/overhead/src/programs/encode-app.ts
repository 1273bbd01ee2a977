/** Samples a minute's worth of a busy thread at five times the rate, and encodes it as a service would, looking how long the event loop stands still. */
import { FileProfileExporter } from '@flamespan/exporter-file';
import { OTLPProfileExporter } from '@flamespan/exporter-otlp-http';
import type { Profile, ProfileExporter } from '@flamespan/profile';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { CALL_TREE_SHAPES, createCallTreeLoad } from '../call-tree-load.ts';
import type { EncodeFigures } from '../rows/encode.ts';
import type { ProcessSettings } from '../child-protocol.ts';
import { createServerSpans } from './server-span.ts';
import { serveCalls } from './serve-calls.ts';
import { startNodeSdk } from './variants/node-sdk.ts';

const SECONDS = 12;
const INTERVAL_MICROS = 2_020;
const TASK_MICROS = 2_000;
/** The first encoding compiles the code: a service has done that after its first minute. */
const WARM_UPS = 2;

const { encode: encoder } = JSON.parse(process.env['OVERHEAD_PROCESS'] ?? '{}') as ProcessSettings;

async function burn(inServerSpan: (work: () => void) => void): Promise<void> {
  const load = createCallTreeLoad(CALL_TREE_SHAPES.large);
  const end = performance.now() + SECONDS * 1_000;
  while (performance.now() < end) {
    inServerSpan(() => load.task(TASK_MICROS));
    await turn();
  }
}

interface Watched {
  readonly blockMillis: number;
  readonly cpuMillis: number;
  readonly millis: number;
}

/** How long the event loop stood still at most while something was done, and the thread's CPU time for it. */
async function watched(work: () => Promise<unknown>): Promise<Watched> {
  let blockMillis = 0;
  const state = { done: false };
  const start = performance.now();
  const cpuBefore = process.threadCpuUsage();
  let last = start;
  // The synchronous part of the work counts: the clock runs from before it.
  const finished = work().finally(() => {
    state.done = true;
  });
  while (!state.done) {
    await turn();
    const now = performance.now();
    blockMillis = Math.max(blockMillis, now - last);
    last = now;
  }
  await finished;
  const { user, system } = process.threadCpuUsage(cpuBefore);
  return { blockMillis, cpuMillis: (user + system) / 1_000, millis: performance.now() - start };
}

async function best(work: () => Promise<unknown>): Promise<Watched> {
  for (let count = 0; count < WARM_UPS; count++) await work();
  return watched(work);
}

async function exported(exporter: ProfileExporter, profile: Profile): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    exporter.export(profile, ({ code, error }) => (code === 0 ? resolve() : reject(error ?? new Error('The export failed'))));
  });
}

async function measureOurs(): Promise<EncodeFigures> {
  const profiles: Profile[] = [];
  const keep: ProfileExporter = {
    export: (profile, done) => {
      profiles.push(profile);
      done({ code: 0 });
    },
    shutdown: () => Promise.resolve(),
  };
  const processor = new ProfilingSpanProcessor({ exporter: keep, samplingIntervalMicros: INTERVAL_MICROS, exportIntervalMillis: 60_000, endpointGraceMillis: 0 });
  startNodeSdk(processor);
  await burn(createServerSpans());
  const taken = await watched(() => processor.forceFlush());
  await processor.shutdown();
  const [profile] = profiles;
  if (profile === undefined) throw new Error('Nothing was sampled');
  const otlp = await best(() => exported(new OTLPProfileExporter({ compression: 'gzip' }), profile));
  const directory = await mkdtemp(join(tmpdir(), 'flamespan-bench-'));
  try {
    const pprof = await best(() => exported(new FileProfileExporter({ directory, formats: ['pprof'], maxFiles: 10 }), profile));
    const files = await Promise.all((await readdir(directory)).map(async (name) => (name.includes('wall') ? (await stat(join(directory, name))).size : 0)));
    return {
      samples: profile.samples.length, stacks: profile.stacks.length, taken: taken.blockMillis,
      block: otlp.blockMillis, cpu: otlp.cpuMillis, pprofBlock: pprof.blockMillis, pprofCpu: pprof.cpuMillis, pprofBytes: Math.max(...files),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Pprof {
  readonly time: {
    start(options: object): void;
    setContext(context: object): void;
    stop(restart: boolean, labels: (sample: { context?: { timestamp: bigint; context?: object } }) => object): PprofOfPackage;
  };
  readonly encode: (profile: PprofOfPackage) => Promise<Buffer>;
}

interface PprofOfPackage {
  readonly sample: { readonly length: number };
  readonly location: { readonly length: number };
}

async function measurePprof(): Promise<EncodeFigures> {
  const { time, encode } = createRequire(import.meta.url)('@datadog/pprof') as Pprof;
  time.start({ intervalMicros: INTERVAL_MICROS, durationMillis: 60_000, withContexts: true, collectCpuTime: true, lineNumbers: false });
  await burn((work) => {
    time.setContext({ trace_id: randomBytes(16).toString('hex'), span_id: randomBytes(8).toString('hex'), endpoint: 'GET /load/:id' });
    work();
  });
  let profile: PprofOfPackage | undefined;
  // What our samples have too: the span and the time.
  const taken = await watched(async () => {
    profile = time.stop(false, ({ context }) => (context === undefined ? {} : { ...context.context, timestamp_ns: context.timestamp * 1_000n }));
  });
  if (profile === undefined) throw new Error('Nothing was sampled');
  const sampled = profile;
  const encoded = await encode(sampled);
  const { blockMillis, cpuMillis } = await best(() => encode(sampled));
  return { samples: sampled.sample.length, taken: taken.blockMillis, block: blockMillis, cpu: cpuMillis, pprofBytes: encoded.length };
}

serveCalls({}, { measure: encoder === 'ours' ? measureOurs : measurePprof });
