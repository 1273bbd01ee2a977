import { createProfiler } from '@flamespan/profiler';
import type { CollectedWindow, Profiler, ProfilerOptions } from '@flamespan/profiler';
import { FakeBinding, FakeScheduler } from './fake-native.ts';

export interface Harness {
  readonly profiler: Profiler;
  readonly binding: FakeBinding;
  readonly scheduler: FakeScheduler;
  readonly errors: Error[];
  /** Why sampling has ended by itself. */
  readonly offs: string[];
  /** Takes the window, which must exist. */
  readonly take: () => CollectedWindow;
}

/** A record that the harness resolves to a span with this id. */
export function record(spanId: string): object {
  return { spanId };
}

const running: Profiler[] = [];

export function createHarness(options: Partial<ProfilerOptions> = {}): Harness {
  const binding = new FakeBinding();
  const scheduler = new FakeScheduler();
  const errors: Error[] = [];
  const offs: string[] = [];
  const profiler = createProfiler({
    types: ['wall', 'cpu'],
    samplingIntervalMicros: 10_000,
    resolveOwner: (value, builder) => ({
      span: builder.span({ traceId: 't', spanId: (value as { spanId: string }).spanId, localRootSpanId: '', sampled: true }),
      labelSet: builder.labelSet(Object.entries((value as { labels?: Record<string, string> }).labels ?? {})),
    }),
    onError: (error) => errors.push(error),
    onOff: (reason) => offs.push(reason),
    scheduler,
    binding,
    ...options,
  });
  running.push(profiler);
  return {
    profiler,
    binding: (options.binding as FakeBinding | undefined) ?? binding,
    scheduler,
    errors,
    offs,
    take: () => {
      const window = profiler.takeWindow();
      if (window === undefined) throw new Error('There is no window');
      return window;
    },
  };
}

/** Only one profiler runs on a thread: tests leave none behind. */
export function stopAll(): void {
  for (const profiler of running.splice(0)) profiler.stop();
}
