import type { Context, ContextManager, Span } from '@opentelemetry/api';
import { context } from '@opentelemetry/api';
import type { CollectedWindow, Profiler, ProfilerBinding, RecordSource } from '@flamespan/profiler';
import { createProfiler } from '@flamespan/profiler';
import { hookActivation, liftOlderFrames } from './activation-hook.ts';
import { hookAmbientActivation } from './ambient-activation.ts';
import type { SampleRecord } from './context-record.ts';
import { mirrorContextManager } from './context-mirror.ts';
import type { ContextStorage } from './context-storage.ts';
import {
  contextStorageOf, isMeterProviderRegistered, isTracerProviderRegistered, registeredContextManager,
} from './context-storage.ts';
import { EndpointCalls } from './endpoint-calls.ts';
import { EndpointNamer } from './endpoint-namer.ts';
import { ErrorGuard } from './error-guard.ts';
import { logger } from './logger.ts';
import type { ProfilingSpanProcessorOptions, ResolvedOptions } from './options.ts';
import { resolveOptions } from './options.ts';
import { OverheadGovernor } from './overhead-governor.ts';
import { createOwnScheduler } from './own-scheduler.ts';
import { runOwnWork } from './own-work.ts';
import type { SampleContext } from './sample-context.ts';
import { knownSampleContext, startSampleContext } from './sample-context.ts';
import { setProfileId } from './profile-id.ts';
import { MetricsRecorder } from './profiling-metrics.ts';
import type { ProfilingStats } from './profiling-stats.ts';
import type { ReadableSpanLike, SpanProcessorLike } from './span-processor-like.ts';
import { WindowDelivery } from './window-delivery.ts';
import { SpansOfWindows } from './window.ts';

/** A process that has nothing left to do does not wait longer than this for its last profile to be sent. */
const BEFORE_EXIT_MILLIS = 5_000;
/** Longer than most requests and jobs run that were active when sampling began in their midst. */
const LIFT_MILLIS = 5 * 60_000;

/**
 * Samples the thread it is created on and links what it samples to OpenTelemetry spans.
 *
 * Add it to the `spanProcessors` of a `NodeSDK` or a tracer provider, in any place of the list. It finds the context
 * manager that the SDK registers and starts by itself. None of its methods throws, and none rejects.
 *
 * @example
 * new NodeSDK({
 *   spanProcessors: [
 *     new ProfilingSpanProcessor({ exporter: new OTLPProfileExporter() }),
 *     new BatchSpanProcessor({ exporter: new OTLPTraceExporter() }),
 *   ],
 * }).start();
 */
export class ProfilingSpanProcessor implements SpanProcessorLike {
  readonly #options: ResolvedOptions;
  readonly #guard = new ErrorGuard();
  readonly #scheduler = createOwnScheduler((error) => this.#guard.report('a timer', error));
  readonly #profiler: Profiler;
  readonly #governor: OverheadGovernor;
  readonly #delivery: WindowDelivery;
  readonly #namer: EndpointNamer;
  readonly #endpointCalls = new EndpointCalls();

  #wanted = false;
  #running = false;
  /** The manager that was registered when sampling started. */
  #contextManager: ContextManager | undefined;
  /** The hook of frames stays while sampling is stopped: spans that are active when it goes on are found then. */
  #unhook: (() => void) | undefined;
  /** Samples have to be told their records, by an async hook that costs something on every continuation. */
  #telling = false;
  #cancelExportTimer: (() => void) | undefined;
  readonly #windowSpans = new SpansOfWindows();
  #shutdown: Promise<void> | undefined;
  #labelsWarned = false;
  /** Samples can have Links while sampling is on. */
  #linking = false;
  readonly #flushBeforeExit = (): void => {
    void this.#flush(BEFORE_EXIT_MILLIS);
  };
  /** There was a tracer provider before this processor, and so perhaps active spans. */
  #addedLate = isTracerProviderRegistered();
  #metricsTried = false;
  #metrics: MetricsRecorder | undefined;

  constructor(options: ProfilingSpanProcessorOptions, binding?: ProfilerBinding) {
    this.#options = resolveOptions(options);
    this.#governor = new OverheadGovernor({
      budget: this.#options.overheadBudget,
      samplingIntervalMicros: this.#options.samplingIntervalMicros,
      nowMillis: () => this.#scheduler.nowMillis(),
      warn: (message) => logger.warn(message),
      info: (message) => logger.info(message),
    });
    this.#profiler = createProfiler({
      types: this.#options.profileTypes,
      samplingIntervalMicros: this.#options.samplingIntervalMicros,
      heapIntervalBytes: this.#options.heapIntervalBytes,
      heapAllocations: this.#options.heapAllocations,
      resolveOwner: (record, builder) => this.#windowSpans.of(builder).ownerOf(record as SampleRecord, builder),
      onError: (error) => this.#guard.report('sampling', error),
      onPause: (millis, fixedMillis) => this.#guard.run('metrics', () => this.#spent(millis, fixedMillis)),
      onOff: (reason) => this.#guard.run('stop', () => this.#samplingEnded(reason)),
      scheduler: this.#scheduler,
      ...(binding === undefined ? {} : { binding }),
    });
    this.#namer = new EndpointNamer({
      maxEndpoints: this.#options.maxEndpoints,
      resolveEndpoint: this.#options.resolveEndpoint,
      onError: (place, error) => this.#guard.report(place, error),
    });
    this.#delivery = new WindowDelivery({
      ...this.#options, scheduler: this.#scheduler, guard: this.#guard, namer: this.#namer,
      onEncode: (millis, exporter) => this.#guard.run('metrics', () => {
        this.#governor.spend(millis);
        this.#metrics?.recordEncode(millis, exporter);
      }),
    });
    this.start();
  }

  /** Begins sampling, as the constructor does, or goes on after {@link stop}. */
  start(): void {
    if (this.#wanted || this.#shutdown !== undefined) return;
    this.#wanted = true;
    this.#startSampling();
    // NodeSDK registers its context manager right after the processors are made: be there before the first request.
    queueMicrotask(() => this.#startSampling());
  }

  /** Stops sampling and exports what there is. Spans go on as before. */
  async stop(): Promise<void> {
    this.#guard.run('stop', () => runOwnWork(() => this.#stopSampling()));
    await runOwnWork(() => this.#delivery.flush());
  }

  onStart(span: Span, parentContext: Context): void {
    try {
      const record = startSampleContext(span, parentContext);
      this.#delivery.learnResource(span);
      if (this.#wanted && (!this.#running || registeredContextManager() !== this.#contextManager)) this.#startSampling(true);
      if (this.#announces(record)) setProfileId(span, record.spanId);
    } catch (error) {
      this.#guard.report('onStart', error);
    }
  }

  onEnd(span: ReadableSpanLike): void {
    try {
      const record = knownSampleContext(span);
      const root = record?.root;
      if (root === undefined || root !== record) return;
      // Processors of one process share the record: the first names it.
      if (root.span !== undefined) {
        root.endpoint = this.#namer.nameOf(root, span, true);
        root.span = root.rpcMetadata = undefined;
      }
      if (root.endpoint !== undefined && this.#running) this.#endpointCalls.count(root.endpoint);
      this.#delivery.settle(root);
    } catch (error) {
      this.#guard.report('onEnd', error);
    }
  }

  /** Exports what was sampled until now. Requests in flight get the endpoint that is known of them by now. */
  async forceFlush(): Promise<void> {
    await this.#flush();
  }

  /** Stops sampling, exports what there is and shuts the exporters down, within `exportTimeoutMillis`. Idempotent. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#shutDownOnce();
    return this.#shutdown;
  }

  /** @experimental */
  get stats(): ProfilingStats {
    return {
      sampling: this.#profiler.stats,
      overhead: { utilization: this.#governor.utilization, samplingIntervalMicros: this.#governor.samplingIntervalMicros },
      queues: this.#delivery.stats,
      errors: this.#guard.count,
    };
  }

  async #flush(timeoutMillis?: number): Promise<void> {
    if (this.#shutdown !== undefined) return;
    this.#guard.run('flush', () => runOwnWork(() => this.#closeWindow()));
    await runOwnWork(() => this.#delivery.flush(timeoutMillis));
  }

  /** Whether samples will have Links to this span. */
  #announces(record: SampleContext): boolean {
    const { profileIdAttribute, linkScope } = this.#options;
    return profileIdAttribute && record.sampled && this.#running && this.#linking && (linkScope === 'span' || record.root === record);
  }

  /**
   * Starts once a context manager is registered, or, with `evenWithout`, without one. Starts anew when another manager
   * has been registered since.
   */
  #startSampling(evenWithout = false): void {
    this.#guard.run('start', () => {
      const manager = registeredContextManager();
      if (!this.#wanted || (manager === undefined && !evenWithout)) return;
      if (this.#running && manager === this.#contextManager) return;
      const active = context.active();
      runOwnWork(() => {
        if (this.#running) this.#stopSampling();
        this.#contextManager = manager;
        this.#running = this.#startProfiler(manager, active);
        this.#wanted = this.#running;
        if (this.#running) this.#beginExports();
        this.#governor.begin();
        this.#observeMetrics();
      });
      // What is current here was entered before there was a hook: enter it again.
      context.with(active, () => undefined);
    });
  }

  #startProfiler(manager: ContextManager | undefined, active: Context): boolean {
    const storage = manager === undefined ? undefined : storageFor(manager, active);
    const result = this.#profiler.start(storage);
    if (result.status === 'off') {
      logger.warn(`Profiling is off: ${result.reason}`);
      return false;
    }
    let noLinks = manager === undefined
      ? 'no OpenTelemetry context manager is registered; NodeSDK registers one'
      : 'the registered context manager cannot be hooked';
    if (storage !== undefined) noLinks = result.labels ? this.#hookStorage(storage, result.records) : result.reason;
    this.#linking = noLinks === '';
    if (!this.#linking && !this.#labelsWarned) {
      logger.warn(`Profiles carry no links to spans: ${noLinks}`);
      this.#labelsWarned = true;
    }
    return true;
  }

  /** Why not, or nothing. */
  #hookStorage(storage: ContextStorage, records: RecordSource): string {
    this.#removeHook();
    try {
      this.#telling = records === 'told';
      this.#unhook = this.#telling
        ? hookAmbientActivation(storage, (record) => this.#profiler.setCurrentRecord(record))
        : this.#hookFrames(storage);
      return '';
    } catch (error) {
      return `the context manager cannot be hooked (${error instanceof Error ? error.message : 'it throws'})`;
    }
  }

  #removeHook(): void {
    this.#unhook?.();
    this.#unhook = undefined;
  }

  #hookFrames(storage: ContextStorage): () => void {
    const unhook = hookActivation(storage, (record) => this.#profiler.createContextHolder(record));
    if (!this.#addedLate) return unhook;
    this.#addedLate = false;
    const endLifting = liftOlderFrames(storage);
    const cancelTimer = this.#scheduler.schedule(endLifting, LIFT_MILLIS);
    return () => {
      cancelTimer();
      endLifting();
      unhook();
    };
  }

  #stopSampling(): void {
    this.#wanted = false;
    if (!this.#running) return;
    this.#running = false;
    this.#cancelExportTimer?.();
    if (this.#telling) this.#removeHook();
    this.#profiler.stop();
    this.#closeWindow();
  }

  /** What was sampled until then is exported, and the application goes on without us. */
  #samplingEnded(reason: string): void {
    runOwnWork(() => this.#stopSampling());
    logger.warn(`Profiling is off: ${reason}`);
  }

  #beginExports(): void {
    this.#scheduleExport();
    process.off('beforeExit', this.#flushBeforeExit);
    process.once('beforeExit', this.#flushBeforeExit);
  }

  #scheduleExport(): void {
    this.#cancelExportTimer = this.#scheduler.schedule(() => {
      this.#scheduleExport();
      this.#observeMetrics();
      this.#governor.review();
      this.#profiler.setSamplingInterval(this.#governor.samplingIntervalMicros);
      this.#profiler.closeWindow((collected) => this.#handOn(collected));
    }, this.#options.exportIntervalMillis);
  }

  #observeMetrics(): void {
    if (this.#metricsTried || !isMeterProviderRegistered()) return;
    this.#metricsTried = true;
    // A MeterProvider of somebody else's making may lack a method, which is no reason to export no profiles.
    this.#guard.run('metrics', () => {
      this.#metrics = new MetricsRecorder({ read: () => ({ stats: this.stats, endpoints: this.#delivery.endpoints }) });
    });
  }

  #spent(millis: number, fixedMillis: number): void {
    // What a lower rate would not make cheaper must not lower it: it would for ever.
    this.#governor.spend(millis - fixedMillis);
    this.#metrics?.recordPause(millis);
  }

  /** At once, in one pause. */
  #closeWindow(): void {
    this.#observeMetrics();
    const collected = this.#profiler.takeWindow();
    if (collected !== undefined) this.#handOn(collected);
  }

  #handOn(collected: CollectedWindow): void {
    const { builder } = collected;
    this.#endpointCalls.moveTo(builder);
    this.#delivery.add({ collected, spans: this.#windowSpans.of(builder) });
  }

  async #shutDownOnce(): Promise<void> {
    await runOwnWork(async () => {
      this.#guard.run('shutdown', () => {
        process.off('beforeExit', this.#flushBeforeExit);
        this.#stopSampling();
        this.#removeHook();
      });
      await this.#delivery.shutdown();
      this.#guard.run('metrics', () => this.#metrics?.stop());
    });
  }
}

function storageFor(manager: ContextManager, active: Context): ContextStorage | undefined {
  try {
    return contextStorageOf(manager) ?? mirrorContextManager(manager, active);
  } catch {
    // Frozen, or of another shape than the API's: it stays what it is.
    return undefined;
  }
}
