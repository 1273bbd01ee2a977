/** Runs every kind of continuation under the set-up that the parent names. */
import type { Context, Span } from '@opentelemetry/api';
import { context, trace } from '@opentelemetry/api';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { runJobs } from '../../accuracy/src/job-load.ts';
import type { ProgramMessage } from '../../accuracy/src/program.ts';
import { programEnvironment, tellParent } from '../../accuracy/src/program.ts';
import { Recording } from '../../accuracy/src/recording.ts';
import type { Report } from '../../accuracy/src/report.ts';
import { mergeReports } from '../../accuracy/src/report.ts';
import { createSurroundings } from '../../accuracy/src/surroundings.ts';
import { ClosedContextManager } from './closed-context-manager.ts';

const { sdkLine, upstreamPort, runMillis, setUp } = await programEnvironment();
const recording = new Recording();

function createProcessor(): ProfilingSpanProcessor {
  return new ProfilingSpanProcessor(recording.processorOptions);
}

/** A hand-built tracer provider, registered without a context manager. */
function registerProvider(processors: readonly object[]): { shutdown(): Promise<unknown> } {
  const provider = sdkLine.createTracerProvider([...processors, recording.truth]);
  trace.setGlobalTracerProvider(provider);
  return provider;
}

function load(processor: ProfilingSpanProcessor, millis = runMillis): Promise<void> {
  return runJobs(recording, millis, createSurroundings({ upstreamPort, collect: () => void processor.forceFlush() }));
}

/** Runs until sampling is over; returns what sampled. */
const setUps: Readonly<Record<string, () => Promise<readonly ProfilingSpanProcessor[]>>> = {
  async nodeSdk() {
    const processor = createProcessor();
    const sdk = sdkLine.startNodeSdk([processor, recording.truth]);
    await load(processor);
    await sdk.shutdown();
    return [processor];
  },
  async startNodeSdk() {
    const processor = createProcessor();
    const sdk = sdkLine.startNodeSdkFunction?.([processor, recording.truth]);
    await load(processor);
    await sdk?.shutdown();
    return [processor];
  },
  async provider() {
    context.setGlobalContextManager(sdkLine.createContextManager());
    const processor = createProcessor();
    const provider = registerProvider([processor]);
    await load(processor);
    await provider.shutdown();
    return [processor];
  },
  async derivedContextManager() {
    const processor = createProcessor();
    const provider = registerProvider([processor]);
    context.setGlobalContextManager(sdkLine.createDerivedContextManager());
    await load(processor);
    await provider.shutdown();
    return [processor];
  },
  async closedContextManager() {
    const processor = createProcessor();
    const provider = registerProvider([processor]);
    context.setGlobalContextManager(new ClosedContextManager());
    await load(processor);
    await provider.shutdown();
    return [processor];
  },
  async lateContextManager() {
    const processor = createProcessor();
    const provider = registerProvider([processor]);
    trace.getTracer('early').startSpan('nobody is active').end();
    await sleep(100);
    context.setGlobalContextManager(sdkLine.createContextManager());
    await load(processor);
    await provider.shutdown();
    return [processor];
  },
  async replacedContextManager() {
    context.setGlobalContextManager(sdkLine.createContextManager());
    const processor = createProcessor();
    const provider = registerProvider([processor]);
    await load(processor, runMillis / 2);
    context.disable();
    context.setGlobalContextManager(new ClosedContextManager());
    await load(processor, runMillis / 2);
    context.disable();
    context.setGlobalContextManager(sdkLine.createDerivedContextManager());
    await load(processor, runMillis / 2);
    await provider.shutdown();
    return [processor];
  },
  async processorTwice() {
    context.setGlobalContextManager(sdkLine.createContextManager());
    const processors = [createProcessor(), createProcessor()];
    const provider = registerProvider(processors);
    await load(processors[0] as ProfilingSpanProcessor);
    await provider.shutdown();
    return processors;
  },
  /** The one that runs first ends; then the other has its turn, among holders that the first has left. */
  async twoCopies() {
    const other = (await import(process.env.SECOND_COPY ?? '')) as { ProfilingSpanProcessor: typeof ProfilingSpanProcessor };
    if (other.ProfilingSpanProcessor === ProfilingSpanProcessor) throw new Error('the copies are one');
    context.setGlobalContextManager(sdkLine.createContextManager());
    const processor = createProcessor();
    const second = new other.ProfilingSpanProcessor(recording.processorOptions);
    const provider = registerProvider([processor, second]);
    await load(processor, runMillis / 2);
    await processor.shutdown();
    second.start();
    await load(second, runMillis / 2);
    await provider.shutdown();
    return [processor, second];
  },
  /** Sampling goes off and on again while spans are active. */
  async restartedUnderLoad() {
    context.setGlobalContextManager(sdkLine.createContextManager());
    const processor = createProcessor();
    const provider = registerProvider([processor]);
    const loaded = load(processor);
    for (let turn = 0; turn < 3; turn++) {
      await sleep(runMillis / 4);
      await processor.stop();
      await sleep(30);
      recording.markActiveRuns();
      processor.start();
    }
    await loaded;
    await provider.shutdown();
    return [processor];
  },
  /** The processor comes when spans have long been active. */
  async startedUnderLoad() {
    context.setGlobalContextManager(sdkLine.createContextManager());
    let processor: ProfilingSpanProcessor | undefined;
    const late = {
      onStart: (span: Span, parent: Context) => processor?.onStart(span, parent),
      onEnd: (span: Parameters<ProfilingSpanProcessor['onEnd']>[0]) => processor?.onEnd(span),
      forceFlush: () => Promise.resolve(),
      shutdown: () => processor?.shutdown() ?? Promise.resolve(),
    };
    const provider = registerProvider([late]);
    const surroundings = createSurroundings({ upstreamPort, collect: () => void processor?.forceFlush() });
    const loaded = runJobs(recording, runMillis, surroundings);
    await sleep(runMillis / 3);
    recording.markActiveRuns();
    await recording.run({
      kind: 'startsSampling', id: 0, endpoint: 'startsSampling', tracer: trace.getTracer('early'), surroundings,
      async continuation(run) {
        processor = createProcessor();
        run.burn();
        await immediate();
        run.burn();
      },
    });
    await loaded;
    await provider.shutdown();
    return processor === undefined ? [] : [processor];
  },
};

/** Workers that end on their own, each with an SDK of its own, and workers that are terminated while being sampled. */
async function workers(): Promise<Report> {
  const start = (inner: string): Worker => new Worker(new URL(import.meta.url), { env: { ...process.env, SET_UP: inner } });
  const reports = ['nodeSdk', 'provider'].map(async (inner) => {
    const worker = start(inner);
    return new Promise<Report>((resolve, reject) => {
      worker.once('message', (message: ProgramMessage) => {
        if ('report' in message) resolve(message.report);
      });
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error(`the worker with ${inner} has sent no report`)));
    });
  });
  const doomed = (async () => {
    for (let turn = 0; turn < 3; turn++) {
      const worker = start('provider');
      await sleep(runMillis / 2 + turn * 50);
      await worker.terminate();
    }
  })();
  const own = setUps.nodeSdk?.() ?? Promise.resolve([]);
  const [processors] = await Promise.all([own, doomed]);
  return mergeReports([recording.report(processors), ...(await Promise.all(reports))]);
}

const report = setUp === 'workers' ? await workers() : recording.report((await setUps[setUp]?.()) ?? []);
await tellParent({ report });
process.disconnect?.();
