import type { LabelSetIndex, Profile, SpanIndex, StackIndex } from '../profile.ts';
import { createProfileBuilder } from '../profile-builder.ts';
import type { ProfileBuilder } from '../profile-builder.ts';
import { createSyntheticProgram } from './synthetic-program.ts';
import type { SyntheticProgram } from './synthetic-program.ts';

export interface SyntheticMinuteOptions {
  /** The same seed gives the same profile. @defaultValue 1 */
  readonly seed?: number;
  /** Nodes of the call tree, about. @defaultValue 45 000 */
  readonly nodes?: number;
  /** Timed samples. @defaultValue 5 940, a minute at 99 Hz */
  readonly samples?: number;
  /** @defaultValue 1 500 */
  readonly heapSamples?: number;
  /** Functions of the program. @defaultValue 3 000 */
  readonly functions?: number;
  /** Spans that the program makes, whether or not a sample falls into them. @defaultValue 500 */
  readonly spansPerSecond?: number;
}

/** 2026-01-01T00:00:00Z. */
const START_UNIX_NANO = 1_767_225_600_000_000_000n;
const DURATION_NANOS = 60_000_000_000n;
const INTERVAL_NANOS = 10_101_000n;
const SPANS_OF_REQUEST = 6;
const SAMPLES_OF_COLLECTION = 200;
const ENDPOINTS = ['users', 'orders', 'carts', 'items', 'payments', 'sessions'].flatMap((noun) => [
  `GET /api/${noun}`, `GET /api/${noun}/:id`, `POST /api/${noun}`, `PUT /api/${noun}/:id`,
]);

/**
 * One minute of a busy service, to measure with: a wide call tree of functions in files that share prefixes, samples at
 * 99 Hz with jitter, spans with random ids, endpoints, labels, and heap samples.
 */
export function syntheticMinute(options: SyntheticMinuteOptions = {}): Profile {
  const { seed = 1, nodes = 45_000, samples = 5_940, heapSamples = 1_500, functions = 3_000, spansPerSecond = 500 } = options;
  const random = createRandom(seed);
  const builder = createProfileBuilder();
  const stacks = new StackWalk(builder, createSyntheticProgram(functions, random), random);
  const requests = new Requests(builder, spansPerSecond / SPANS_OF_REQUEST, random);
  let wallNanos = INTERVAL_NANOS;
  for (let i = 0; i < samples; i++) {
    if (i % SAMPLES_OF_COLLECTION === 0) wallNanos = INTERVAL_NANOS + BigInt(Math.floor(random() * 90_000));
    const micros = Math.floor((i * 60e6) / samples + 400 * random() ** 4);
    const stack = stacks.next((nodes * (i + 1)) / samples);
    const { span, labelSet } = requests.at(micros / 1e6);
    const cpuNanos = random() < 0.12 ? 0n : wallNanos - BigInt(Math.floor(2_500_000 * random() ** 3));
    builder.addSample(stack, span, START_UNIX_NANO + BigInt(micros) * 1000n, wallNanos, cpuNanos, labelSet);
  }
  for (let i = 0; i < heapSamples; i++) {
    const objects = BigInt(1 + Math.floor(2_000 * random() ** 6));
    const bytes = objects * BigInt(16 + 8 * Math.floor(200 * random() ** 4));
    builder.addHeapSample(stacks.next(0), objects, bytes);
  }
  for (const endpoint of ENDPOINTS) builder.addEndpointCalls(endpoint, Math.floor(random() * spansPerSecond));
  return builder.build({
    startTimeUnixNano: START_UNIX_NANO,
    durationNanos: DURATION_NANOS,
    resource: { attributes: { 'service.name': 'shop', 'service.version': '1.4.2', 'host.name': 'shop-7f9c', 'process.pid': 4711 } },
    scope: { name: '@flamespan/profiler', version: '0.1.0' },
    thread: { id: 0, name: 'main' },
    linkScope: 'span',
    types: ['wall', 'cpu', 'heap'],
    samplingIntervalNanos: INTERVAL_NANOS,
    heapIntervalBytes: 524_288n,
  });
}

/** Walks down from a root of the program, along hot ways as long as the tree has the nodes that it should. */
class StackWalk {
  readonly #builder: ProfileBuilder;
  readonly #program: SyntheticProgram;
  readonly #random: () => number;
  #nodes = 0;

  constructor(builder: ProfileBuilder, program: SyntheticProgram, random: () => number) {
    this.#builder = builder;
    this.#program = program;
    this.#random = random;
  }

  next(nodesWanted: number): StackIndex {
    const builder = this.#builder;
    const adventurous = this.#nodes < nodesWanted;
    const depth = Math.floor(14 + 22 * (this.#random() + this.#random()));
    const frameType = builder.string('v8js');
    let stack = 0;
    let called = this.#program.root(this.#random());
    for (let level = 0; level < depth; level++) {
      const { name, filename, startLine } = this.#program.functions[called] as SyntheticProgram['functions'][number];
      // V8 tells a function by its definition; the line and column are those of the definition too.
      const fn = builder.function(builder.string(name), builder.string(filename), startLine);
      stack = builder.stack(stack, builder.location(fn, startLine, 1 + ((called * 7) % 40), frameType));
      called = this.#program.callee(called, this.#random() ** (adventurous ? 16 : 60));
    }
    this.#nodes = Math.max(this.#nodes, stack);
    return stack;
  }
}

/** Requests follow each other, and a few run at the same time. A sample falls into one of them, or into none. */
class Requests {
  readonly #builder: ProfileBuilder;
  readonly #perSecond: number;
  readonly #random: () => number;
  readonly #seed: number;

  constructor(builder: ProfileBuilder, perSecond: number, random: () => number) {
    this.#builder = builder;
    this.#perSecond = perSecond;
    this.#random = random;
    this.#seed = Math.floor(random() * 2 ** 31);
  }

  at(seconds: number): { readonly span: SpanIndex; readonly labelSet: LabelSetIndex } {
    if (this.#random() < 0.15) return { span: 0, labelSet: 0 };
    const number = Math.floor(seconds * this.#perSecond + 4 * this.#random());
    const request = createRandom(this.#seed + number);
    const traceId = hexDigits(32, request);
    const endpoint = ENDPOINTS[Math.floor(request() ** 2 * ENDPOINTS.length)] as string;
    const sampled = request() < 0.9;
    const labelled = request() < 0.2;
    const labelSet = labelled ? this.#builder.labelSet([['tenant', `tenant-${Math.floor(request() * 20)}`], ['plan', 'pro']]) : 0;
    const spanIds = Array.from({ length: SPANS_OF_REQUEST }, () => hexDigits(16, request));
    const spanId = spanIds[Math.floor(this.#random() * SPANS_OF_REQUEST)] as string;
    return { span: this.#builder.span({ traceId, spanId, localRootSpanId: spanIds[0] as string, sampled, endpoint }), labelSet };
  }
}

function hexDigits(length: number, random: () => number): string {
  let digits = '';
  while (digits.length < length) digits += Math.floor(random() * 0x1_0000).toString(16).padStart(4, '0');
  return digits;
}

/** Mulberry32: numbers in [0, 1), the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
