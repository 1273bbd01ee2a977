import type { Profile, Resource, Thread } from '@flamespan/profile';
import type { Scheduler } from '@flamespan/profiler';
import { isMainThread, threadId } from 'node:worker_threads';
import { endsWithin } from './deadline.ts';
import { EndpointUsages } from './endpoint-usage.ts';
import type { EndpointNamer } from './endpoint-namer.ts';
import type { ErrorGuard } from './error-guard.ts';
import type { ExportQueueOptions, ExportQueueStats } from './export-queue.ts';
import { ExportQueue } from './export-queue.ts';
import type { ResolvedOptions } from './options.ts';
import { PendingWindows } from './pending-windows.ts';
import { PROFILER_SCOPE } from './profiler-scope.ts';
import { runOwnWork } from './own-work.ts';
import type { RootSampleContext } from './sample-context.ts';
import type { ResourceLike } from './span-resource.ts';
import { resourceOf, resourceWithoutSpan, settledResource } from './span-resource.ts';
import type { ClosedWindow } from './window.ts';

/** What an exporter's shutdown may take on top of the timeout that its queue has used up. */
const EXPORTER_SHUTDOWN_MILLIS = 1_500;

export interface WindowDeliveryOptions extends ResolvedOptions {
  readonly scheduler: Scheduler;
  readonly guard: ErrorGuard;
  readonly namer: EndpointNamer;
  readonly onEncode: ExportQueueOptions['onEncode'];
}

/** The way of a closed window: wait for its endpoints, become a Profile, into every exporter's queue. */
export class WindowDelivery {
  readonly #options: WindowDeliveryOptions;
  readonly #pendingWindows: PendingWindows;
  readonly #queues: readonly ExportQueue[];
  readonly #finishing = new Set<Promise<void>>();
  readonly #thread: Thread = { id: threadId, name: isMainThread ? 'main' : `worker ${threadId}` };
  readonly #endpoints = new EndpointUsages();
  #resource: Promise<Resource> | undefined;
  #resourceOfSpan = false;

  constructor(options: WindowDeliveryOptions) {
    this.#options = options;
    this.#pendingWindows = new PendingWindows({
      graceMillis: options.endpointGraceMillis,
      scheduler: options.scheduler,
      finish: (window) => this.#finish(window),
    });
    this.#queues = options.exporters.map(
      (exporter, position) =>
        new ExportQueue({
          exporter,
          position,
          maxBytes: options.maxQueueBytes,
          exportTimeoutMillis: options.exportTimeoutMillis,
          scheduler: options.scheduler,
          onEncode: options.onEncode,
        }),
    );
  }

  get stats(): readonly ExportQueueStats[] {
    return this.#queues.map((queue) => queue.stats);
  }

  get endpoints(): EndpointUsages {
    return this.#endpoints;
  }

  /** The first span tells whose profiles these are. */
  learnResource(span: object): void {
    if (this.#resourceOfSpan) return;
    this.#resourceOfSpan = true;
    const resource = resourceOf(span);
    if (resource !== undefined) this.#resource = settle(resource);
  }

  add(window: ClosedWindow): void {
    this.#pendingWindows.add(window);
  }

  /** A local root has ended: its endpoint is final. */
  settle(root: RootSampleContext): void {
    this.#pendingWindows.settle(root);
  }

  /** Hands on every window with the endpoints that are known, and lets the queues work, within the timeout. */
  flush(timeoutMillis: number = this.#options.exportTimeoutMillis): Promise<void> {
    return this.#deliver(timeoutMillis, (queue, remainingMillis) => queue.flush(remainingMillis));
  }

  /** As {@link flush}; then nothing more is accepted and the exporters are shut down. */
  shutdown(): Promise<void> {
    return this.#deliver(this.#options.exportTimeoutMillis, (queue, remainingMillis) => queue.shutdown(remainingMillis));
  }

  async #deliver(
    timeoutMillis: number, work: (queue: ExportQueue, remainingMillis: number) => Promise<void>,
  ): Promise<void> {
    const { scheduler, guard } = this.#options;
    const deadlineMillis = scheduler.nowMillis() + timeoutMillis;
    guard.run('finishing windows', () => this.#pendingWindows.finishAll());
    await endsWithin(Promise.all(this.#finishing), timeoutMillis);
    const remainingMillis = Math.max(0, deadlineMillis - scheduler.nowMillis());
    const working = this.#queues.map((queue) => work(queue, remainingMillis));
    await endsWithin(Promise.all(working), remainingMillis + EXPORTER_SHUTDOWN_MILLIS);
  }

  #finish(window: ClosedWindow): void {
    this.#resource ??= settle(resourceWithoutSpan());
    const finished = this.#resource
      .then((resource) => {
        const profile = this.#build(window, resource);
        const { samples, heapSamples, endpointCalls } = profile;
        if (samples.length === 0 && heapSamples.length === 0 && endpointCalls.size === 0) return;
        this.#endpoints.add(profile);
        for (const queue of this.#queues) queue.push(profile);
      })
      .catch((error: unknown) => this.#options.guard.report('building a profile', error))
      .finally(() => this.#finishing.delete(finished));
    this.#finishing.add(finished);
  }

  #build({ collected, spans }: ClosedWindow, resource: Resource): Profile {
    const { builder, startTimeUnixNano, durationNanos, samplingIntervalMicros } = collected;
    spans.nameEndpoints(builder, this.#options.namer);
    return builder.build({
      startTimeUnixNano,
      durationNanos,
      resource,
      scope: PROFILER_SCOPE,
      thread: this.#thread,
      linkScope: this.#options.linkScope,
      types: this.#options.profileTypes,
      samplingIntervalNanos: BigInt(Math.round(samplingIntervalMicros * 1_000)),
      heapIntervalBytes: BigInt(this.#options.heapIntervalBytes),
    });
  }
}

function settle(resource: ResourceLike): Promise<Resource> {
  // A Resource of somebody else's making that cannot be read leaves the profiles without attributes.
  return runOwnWork(() => settledResource(resource).catch(() => ({ attributes: {} })));
}
