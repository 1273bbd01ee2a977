/** Prints what two heap profiles say of functions that keep, or do not keep, what they allocate, and what was logged. */
import { context, diag, DiagLogLevel } from '@opentelemetry/api';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import type { ProfilingSpanProcessorOptions } from '@flamespan/span-processor';
import { ClosedContextManager } from './closed-context-manager.ts';

type Exporter = Exclude<ProfilingSpanProcessorOptions['exporter'], readonly unknown[]>;
type Profile = Parameters<Exporter['export']>[0];

const logged: string[] = [];
const log = (...words: unknown[]): void => void logged.push(words.join(' '));
diag.setLogger({ error: log, warn: log, info: log, debug: log, verbose: log }, DiagLogLevel.INFO);

const profiles: Profile[] = [];
const exporter: Exporter = {
  export: (profile, resultCallback) => {
    profiles.push(profile);
    resultCallback({ code: 0 });
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/** 80 MB, of which nothing stays. */
function allocateGarbage(): number {
  let length = 0;
  for (let i = 0; i < 10_000; i++) length += Array.from({ length: 1_000 }, () => i).length;
  return length;
}

/** 24 MB. */
function allocateKept(): number[][] {
  return Array.from({ length: 3_000 }, (_, i) => Array.from({ length: 1_000 }, () => i));
}

/** 40 MB, of which nothing stays. */
function allocateLater(): number {
  let length = 0;
  for (let i = 0; i < 5_000; i++) length += Array.from({ length: 1_000 }, () => i).length;
  return length;
}

/** By function, with what it called. */
function sumsOf({ heapSamples, stacks, locations, functions, strings }: Profile): object {
  const sums = Object.fromEntries(['allocateGarbage', 'allocateKept', 'allocateLater'].map((name) => [name, { bytes: 0, allocatedBytes: 0 }]));
  for (let row = 0; row < heapSamples.length; row++) {
    for (let stack = heapSamples.stack[row]!; stack !== 0; stack = stacks.parent[stack]!) {
      const sum = sums[strings[functions.name[locations.function[stacks.location[stack]!]!]!]!];
      if (sum === undefined) continue;
      sum.bytes += Number(heapSamples.bytes[row]);
      sum.allocatedBytes += Number(heapSamples.allocatedBytes[row]);
    }
  }
  return sums;
}

context.setGlobalContextManager(new ClosedContextManager());
const processor = new ProfilingSpanProcessor({ exporter, profileTypes: ['heap'], heapAllocations: true });
await Promise.resolve();
allocateGarbage();
const kept = allocateKept();
await processor.forceFlush();
allocateLater();
await processor.forceFlush();
await processor.stop();
processor.start();
await processor.shutdown();
console.log(JSON.stringify({ kept: kept.length, windows: profiles.slice(0, 2).map(sumsOf), logged }));
