/** A service with two endpoints, our processor, and another profiler before or after it. */
import type { Profile, ProfileExporter } from '@flamespan/profile';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import { diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { AppSettings, Command, Reply } from './messages.ts';
import { startOther } from './others.ts';
import type { TakeSamples } from './others.ts';
import { scoreOf } from './score.ts';

const BURN_MILLIS = 4;
/** Kept by each of the first requests, so that the heap profile has something to see: it samples once in 512 KiB. */
const KEPT_NUMBERS = 32_768;
const KEPT_REQUESTS = 200;

const { other } = JSON.parse(process.env['COEXISTENCE_APP'] ?? '{}') as AppSettings;
const profiles: Profile[] = [];
const spanNames = new Map<string, string>();
const logged: string[] = [];
let takeSamples: TakeSamples | undefined;

const log = (...parts: unknown[]): void => void logged.push(parts.map(String).join(' '));
const ignore = (): void => {};
diag.setLogger({ error: log, warn: log, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);

if (other?.when === 'first') takeSamples = await startOther(other);

const exporter: ProfileExporter = {
  export: (profile, done) => {
    profiles.push(profile);
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};
const recorder: SpanProcessor = {
  onStart: (span) => void spanNames.set(span.spanContext().spanId, span.name),
  onEnd: ignore,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
const processor = new ProfilingSpanProcessor({ exporter });
const sdk = new NodeSDK({ serviceName: 'app', autoDetectResources: false, instrumentations: [], spanProcessors: [processor, recorder] });
sdk.start();

function spin(): void {
  const end = performance.now() + BURN_MILLIS;
  while (performance.now() < end) JSON.parse('{"a":[1,2,3]}');
}

function burnAlpha(): void {
  spin();
}

function burnBeta(): void {
  spin();
}

const kept: number[][] = [];

function keep(): void {
  if (kept.length < KEPT_REQUESTS) kept.push(Array.from({ length: KEPT_NUMBERS }, Math.random));
}

const tracer = trace.getTracer('app');
const server = createServer((request, response) => {
  const [name, burn] = request.url === '/alpha' ? (['Alpha', burnAlpha] as const) : (['Beta', burnBeta] as const);
  void tracer.startActiveSpan(name, async (span) => {
    burn();
    keep();
    await turn();
    burn();
    span.end();
    response.end(name);
  });
});
server.listen(0, '127.0.0.1', () => reply({ type: 'listening', port: (server.address() as AddressInfo).port }));

function reply(message: Reply): void {
  process.send?.(message);
}

const commands: Record<Command, () => Promise<void>> = {
  'start-other': async () => {
    if (other !== undefined) takeSamples = await startOther(other);
    reply({ type: 'other-started' });
  },
  report: async () => {
    await processor.forceFlush();
    const otherSamples = await takeSamples?.();
    reply({
      type: 'report',
      logged,
      score: scoreOf(profiles, spanNames),
      heapSamples: profiles.reduce((sum, { heapSamples }) => sum + heapSamples.length, 0),
      ...(otherSamples === undefined ? {} : { otherSamples }),
    });
  },
  stop: async () => {
    await sdk.shutdown();
    // As a service ends: the exit handlers of everybody run, and what they throw is seen in the exit code.
    process.exit();
  },
};

process.on('message', (command: Command) => void commands[command]());
