import type { Profile, SpanIndex, StackIndex } from '../profile.ts';
import { createProfileBuilder } from '../profile-builder.ts';
import type { ProfileBuilder, ProfileHeader } from '../profile-builder.ts';

/** Whatever is not given has the value of a small service's first window. */
export interface ProfileFromStacksOptions extends Partial<ProfileHeader> {
  /** Finished local roots by endpoint. @defaultValue none */
  readonly endpointCalls?: Readonly<Record<string, number>>;
}

/** 2026-01-01T00:00:00Z, 99 Hz, 512 KiB, all three types, the main thread of `service.name` = `shop`. */
const DEFAULT_HEADER: ProfileHeader = {
  startTimeUnixNano: 1_767_225_600_000_000_000n,
  durationNanos: 60_000_000_000n,
  resource: { attributes: { 'service.name': 'shop' } },
  scope: { name: '@flamespan/profiler', version: '0.1.0' },
  thread: { id: 0, name: 'main' },
  linkScope: 'span',
  types: ['wall', 'cpu', 'heap'],
  samplingIntervalNanos: 10_101_000n,
  heapIntervalBytes: 524_288n,
};

/**
 * A Profile drawn as text, one line for each stack, so that a test shows what it is about:
 *
 * ```
 * main;handler;sort 3                            three samples of this stack, root first, of no span
 * main;handler;sort 3 @list                      … of the span called `list`
 * main;handler;sort 3 @list GET /users/:id       … whose endpoint is `GET /users/:id`
 * main;handler;query 2 @query<list GET /users    … of the span `query` whose local root is `list`
 * main;handler;hash 2 @!dark                     … of a span that is not sampled
 * main;handler;sort 2 {tenant=acme,plan=pro}     … with labels of the user's own
 * main;handler;sort 2 GET /users                 … of no span, but with an endpoint
 * main;handler;read 2 wall                       … without CPU time (`wall`) or without wall time (`cpu`)
 * main;handler;sort[sort.js:12:3] 1              a frame with its file, line and column
 * main;handler;parse 4 objects 2048 bytes        a heap sample: objects alive and their size
 * main;parse 4 objects 2048 bytes 9 allocated 4096 allocated-bytes    … and what was allocated in the window, dead or alive
 * # anything                                     a remark
 * ```
 *
 * Each sample is worth one sampling interval, of wall time and of CPU time. Times are deterministic: samples follow each
 * other at the sampling interval, in the order of the lines, from the start of the window. So are ids: a name has
 * always the same id, and a local root's name decides about the trace. Frames are JavaScript, by default `app.js:2:3`
 * of a function that begins on line 1.
 *
 * @throws Error naming the line that is none of these.
 */
export function profileFromStacks(text: string, options: ProfileFromStacksOptions = {}): Profile {
  const { endpointCalls = {}, ...given } = options;
  const header: ProfileHeader = { ...DEFAULT_HEADER, ...given };
  const builder = createProfileBuilder();
  for (const [number, line] of text.split('\n').entries()) {
    const stripped = line.trim();
    if (stripped === '' || stripped.startsWith('#')) continue;
    if (!addHeapLine(builder, stripped) && !addTimedLine(builder, stripped, header)) {
      throw new Error(`line ${number + 1} is not "frame;frame count [{label=value}] [wall|cpu] [@span] [endpoint]": ${stripped}`);
    }
  }
  for (const [endpoint, calls] of Object.entries(endpointCalls)) builder.addEndpointCalls(endpoint, calls);
  return builder.build(header);
}

const HEAP_LINE = /^(?<frames>.+?)\s+(?<objects>\d+) objects (?<bytes>\d+) bytes(?: (?<allocated>\d+) allocated (?<allocatedBytes>\d+) allocated-bytes)?$/;
const TIMED_LINE = /^(?<frames>.+?)\s+(?<count>\d+)(?:\s+\{(?<labels>[^}]*)\})?(?:\s+(?<only>wall|cpu))?(?:\s+@(?<dark>!)?(?<span>[^\s<]+)(?:<(?<root>\S+))?)?(?:\s+(?<endpoint>\S.*))?$/;
const FRAME = /^(?<name>.*?)(?:\[(?<file>[^[\]]*):(?<line>\d+):(?<column>\d+)\])?$/;

function addHeapLine(builder: ProfileBuilder, line: string): boolean {
  const groups = HEAP_LINE.exec(line)?.groups;
  if (groups === undefined) return false;
  const { frames = '', objects = '', bytes = '', allocated = '', allocatedBytes = '' } = groups;
  builder.addHeapSample(stackOf(builder, frames), BigInt(objects), BigInt(bytes), BigInt(allocated), BigInt(allocatedBytes));
  return true;
}

function addTimedLine(builder: ProfileBuilder, line: string, header: ProfileHeader): boolean {
  const groups = TIMED_LINE.exec(line)?.groups;
  if (groups === undefined) return false;
  const { frames = '', count, only } = groups;
  const { startTimeUnixNano, samplingIntervalNanos } = header;
  const stack = stackOf(builder, frames);
  const span = spanOf(builder, groups);
  const labelSet = builder.labelSet((groups['labels']?.split(',') ?? []).map((label): [string, string] => {
    const [key = '', value = ''] = label.split('=');
    return [key, value];
  }));
  const wallNanos = only === 'cpu' ? 0n : samplingIntervalNanos;
  const cpuNanos = only === 'wall' ? 0n : samplingIntervalNanos;
  for (let i = 0; i < Number(count); i++) {
    const time = startTimeUnixNano + BigInt(builder.sampleCount) * samplingIntervalNanos;
    builder.addSample(stack, span, time, wallNanos, cpuNanos, labelSet);
  }
  return true;
}

function stackOf(builder: ProfileBuilder, frames: string): StackIndex {
  let stack = 0;
  for (const frame of frames.split(';')) {
    const { name = '', file = 'app.js', line = '2', column = '3' } = FRAME.exec(frame)?.groups ?? {};
    const fn = builder.function(builder.string(name), builder.string(file), 1);
    stack = builder.stack(stack, builder.location(fn, Number(line), Number(column), builder.string('v8js')));
  }
  return stack;
}

function spanOf(builder: ProfileBuilder, groups: Readonly<Record<string, string | undefined>>): SpanIndex {
  const { dark, span, root = span, endpoint } = groups;
  if (span === undefined && endpoint === undefined) return 0;
  return builder.span({
    traceId: root === undefined ? '' : traceIdFor(root),
    spanId: span === undefined ? '' : spanIdFor(span),
    localRootSpanId: root === undefined ? '' : spanIdFor(root),
    sampled: span !== undefined && dark === undefined,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
}

/** The span id, 16 hex digits, that {@link profileFromStacks} gives to a span of this name. */
export function spanIdFor(name: string): string {
  return hexHash(name, 1) + hexHash(name, 2);
}

/** The trace id, 32 hex digits, that {@link profileFromStacks} gives to the trace of a local root of this name. */
export function traceIdFor(localRoot: string): string {
  return hexHash(localRoot, 3) + hexHash(localRoot, 4) + hexHash(localRoot, 5) + hexHash(localRoot, 6);
}

/** FNV-1a with a seed, as 8 hex digits. */
function hexHash(name: string, seed: number): string {
  let hash = 0x811c_9dc5 ^ seed;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) as number), 0x0100_0193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
