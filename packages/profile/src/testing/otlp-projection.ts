/// <reference lib="es2024.string" />
import type { Attributes, AttributeValue } from '../attributes.ts';
import type { LabelSetIndex, Profile, ProfileType, SpanIndex, StackIndex } from '../profile.ts';
import { createProfileBuilder } from '../profile-builder.ts';
import type { ProfileBuilder } from '../profile-builder.ts';

/**
 * What OTLP carries of a Profile: `decodeOtlp(encodeOtlp(p))` is exactly this. undefined if nothing of it is sent.
 *
 * - Of the types, those with samples that are not zero, and their periods; the others' periods are 0. Without any such
 *   sample, the Profile is sent only for its calls per endpoint, as its first type (`wall` if it has none).
 * - A timed sample keeps stack, time, endpoint, labels and the values that are of a type of the Profile and not zero. Of
 *   samples with equal stack, span, endpoint, labels and time, the n-th wall value and the n-th CPU value come back as one sample.
 * - Heap samples of one stack come back as one.
 * - A sampled span with valid ids keeps trace id and span id, in lower case; with link scope `local-root` that is the
 *   local root's. Other spans keep only the endpoint. Link scope and local roots are not sent: they come back as
 *   `span` and `''`.
 * - Labels with an empty key, or with the key `endpoint`, are not sent.
 * - Functions without name and file, and lines that are negative, come back as 0, "unknown".
 * - Attribute values come back as OTLP has them: integral numbers and bigints of 64 bits as numbers where these are
 *   exact, else as bigints; longer bigints as strings; undefined as null. Below 32 levels, and where a value contains
 *   itself, null.
 * - Lone surrogates in strings come back as U+FFFD.
 */
export function otlpProjection(profile: Profile): Profile | undefined {
  return new Projection(profile).project();
}

class Projection {
  readonly #from: Profile;
  readonly #builder: ProfileBuilder = createProfileBuilder();
  /** By content: with link scope `local-root`, rows of one span may differ in their endpoint. */
  readonly #spans = new Map<string, { traceId: string; spanId: string; endpoint: string }>([
    ['', { traceId: '', spanId: '', endpoint: '' }],
  ]);
  readonly #spanIndex = new Map<string, SpanIndex>([['', 0]]);

  constructor(profile: Profile) {
    this.#from = profile;
  }

  project(): Profile | undefined {
    const { types, endpointCalls, resource, scope, thread, ...rest } = this.#from;
    const present = this.#addTimedSamples();
    if (this.#addHeapSamples()) present.push('heap');
    if (present.length === 0) {
      if (endpointCalls.size === 0) return undefined;
      present.push((['wall', 'cpu', 'heap'] as const).find((type) => types.includes(type)) ?? 'wall');
    }
    for (const [endpoint, calls] of endpointCalls) this.#builder.addEndpointCalls(endpoint.toWellFormed(), calls);
    const timed = present.includes('wall') || present.includes('cpu');
    const built = this.#builder.build({
      startTimeUnixNano: rest.startTimeUnixNano,
      durationNanos: rest.durationNanos,
      resource: {
        attributes: projectAttributes(resource.attributes, []),
        ...(resource.schemaUrl ? { schemaUrl: resource.schemaUrl.toWellFormed() } : {}),
      },
      scope: {
        name: scope.name.toWellFormed(),
        ...(scope.version ? { version: scope.version.toWellFormed() } : {}),
      },
      thread: { id: thread.id, name: thread.name.toWellFormed() },
      linkScope: 'span',
      types: present,
      samplingIntervalNanos: timed ? rest.samplingIntervalNanos : 0n,
      heapIntervalBytes: present.includes('heap') ? rest.heapIntervalBytes : 0n,
    });
    return { ...built, ...this.#spanColumns(built.strings) };
  }

  #spanColumns(strings: readonly string[]): Pick<Profile, 'strings' | 'spans'> {
    const rows = [...this.#spans.values()];
    return {
      strings: [...strings, ...rows.map(({ endpoint }) => endpoint)],
      spans: {
        length: rows.length,
        traceId: rows.map(({ traceId }) => traceId),
        spanId: rows.map(({ spanId }) => spanId),
        localRootSpanId: rows.map(() => ''),
        sampled: Uint8Array.from(rows, ({ spanId }) => (spanId === '' ? 0 : 1)),
        endpoint: Int32Array.from(rows, (_row, index) => strings.length + index),
      },
    };
  }

  #addTimedSamples(): ProfileType[] {
    const { types, samples } = this.#from;
    const groups = new Map<string, { stack: StackIndex; span: SpanIndex; labelSet: LabelSetIndex; time: bigint; wall: bigint[]; cpu: bigint[] }>();
    for (let i = 0; i < samples.length; i++) {
      const wall = types.includes('wall') ? (samples.wallNanos[i] as bigint) : 0n;
      const cpu = types.includes('cpu') ? (samples.cpuNanos[i] as bigint) : 0n;
      if (wall === 0n && cpu === 0n) continue;
      const stack = this.#stack(samples.stack[i] as number);
      const span = this.#span(samples.span[i] as number);
      const time = samples.timeUnixNano[i] as bigint;
      const labelSet = this.#labelSet(samples.labelSet[i] as number);
      const key = `${stack} ${span} ${labelSet} ${time}`;
      const group = groups.get(key) ?? { stack, span, labelSet, time, wall: [], cpu: [] };
      groups.set(key, group);
      if (wall !== 0n) group.wall.push(wall);
      if (cpu !== 0n) group.cpu.push(cpu);
    }
    let anyWall = false;
    let anyCpu = false;
    for (const { stack, span, labelSet, time, wall, cpu } of groups.values()) {
      anyWall ||= wall.length > 0;
      anyCpu ||= cpu.length > 0;
      for (let i = 0; i < Math.max(wall.length, cpu.length); i++) {
        this.#builder.addSample(stack, span, time, wall[i] ?? 0n, cpu[i] ?? 0n, labelSet);
      }
    }
    return [...(anyWall ? (['wall'] as const) : []), ...(anyCpu ? (['cpu'] as const) : [])];
  }

  #addHeapSamples(): boolean {
    const { types, heapSamples } = this.#from;
    if (!types.includes('heap')) return false;
    const { objects, bytes, allocatedObjects, allocatedBytes } = heapSamples;
    const columns = [objects, bytes, allocatedObjects, allocatedBytes] as const;
    const sums = new Map<StackIndex, [bigint, bigint, bigint, bigint]>();
    for (let i = 0; i < heapSamples.length; i++) {
      const stack = this.#stack(heapSamples.stack[i] as number);
      const sum = sums.get(stack) ?? [0n, 0n, 0n, 0n];
      sums.set(stack, sum);
      for (const [position, column] of columns.entries()) (sum as bigint[])[position]! += column[i] as bigint;
    }
    for (const [stack, sum] of sums) {
      if (sum.some((value) => value !== 0n)) this.#builder.addHeapSample(stack, ...sum);
      else sums.delete(stack);
    }
    return sums.size > 0;
  }

  #labelSet(labelSet: LabelSetIndex): LabelSetIndex {
    const labels = new Map<string, string>();
    for (const [rawKey, value] of this.#from.labelSets[labelSet] ?? []) {
      const key = rawKey.toWellFormed();
      if (key !== '' && key !== 'endpoint' && !labels.has(key)) labels.set(key, value.toWellFormed());
    }
    return this.#builder.labelSet(labels);
  }

  #stack(stack: StackIndex): StackIndex {
    if (stack === 0) return 0;
    const { stacks, locations, functions } = this.#from;
    const location = stacks.location[stack] as number;
    const fn = locations.function[location] as number;
    const name = this.#string(functions.name[fn] as number);
    const filename = this.#string(functions.filename[fn] as number);
    const builder = this.#builder;
    const startLine = name === 0 && filename === 0 ? 0 : Math.max(0, functions.startLine[fn] as number);
    return builder.stack(
      this.#stack(stacks.parent[stack] as number),
      builder.location(
        builder.function(name, filename, startLine),
        Math.max(0, locations.line[location] as number),
        Math.max(0, locations.column[location] as number),
        this.#string(locations.frameType[location] as number),
      ),
    );
  }

  #span(span: SpanIndex): SpanIndex {
    const { spans, strings, linkScope } = this.#from;
    const endpoint = (strings[spans.endpoint[span] as number] as string).toWellFormed();
    const traceId = (spans.traceId[span] as string).toLowerCase();
    const spanId = ((linkScope === 'span' ? spans.spanId : spans.localRootSpanId)[span] as string).toLowerCase();
    const linked = spans.sampled[span] === 1 && isId(traceId, 32) && isId(spanId, 16);
    const row = linked ? { traceId, spanId, endpoint } : { traceId: '', spanId: '', endpoint };
    const key = row.traceId + row.spanId + endpoint;
    const index = this.#spanIndex.get(key) ?? this.#spans.size;
    this.#spans.set(key, row);
    this.#spanIndex.set(key, index);
    return index;
  }

  #string(index: number): number {
    return this.#builder.string((this.#from.strings[index] as string).toWellFormed());
  }
}

/** Not the encoder's own test of ids: the projection is written apart from it. */
export function isId(id: string, length: number): boolean {
  return id.length === length && /^[0-9a-f]*[1-9a-f][0-9a-f]*$/.test(id);
}

const DEEPEST = 32;

function projectAttributes(attributes: Attributes, within: readonly unknown[]): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key.toWellFormed(), projectValue(value, within)]),
  );
}

function projectValue(value: AttributeValue, within: readonly unknown[]): AttributeValue {
  switch (typeof value) {
    case 'string':
      return value.toWellFormed();
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isInteger(value) || value < -(2 ** 63) || value >= 2 ** 63) return value;
      // OTLP has no integer -0.
      return Number.isSafeInteger(value) ? value + 0 : BigInt(value);
    case 'bigint':
      if (value !== BigInt.asIntN(64, value)) return String(value);
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case 'object': {
      if (value === null || value instanceof Uint8Array) return value;
      if (within.length === DEEPEST || within.includes(value)) return null;
      const inner = [...within, value];
      if (Array.isArray(value)) return (value as AttributeValue[]).map((item) => projectValue(item, inner));
      return projectAttributes(value as Attributes, inner);
    }
    case 'undefined':
    case 'function':
    case 'symbol':
    default:
      return null;
  }
}
