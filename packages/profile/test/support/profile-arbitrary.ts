import { createProfileBuilder } from '@flamespan/profile';
import type { AttributeValue, Profile, ProfileType } from '@flamespan/profile';
import * as fc from 'fast-check';

const START = 1_767_225_600_000_000_000n;

/** Few different ones, so that things meet; some that are awkward on the wire. */
const text = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('main', 'handler', 'sort', 'app.js', 'GET /users/:id', '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom('\uD800', 'a\uDC00b', '\uFFFD', '__proto__', '\u0000') },
);
const id = (length: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('1', 'a', 'f').map((digit) => digit.repeat(length)) },
    { weight: 1, arbitrary: fc.constantFrom('', '0'.repeat(length), 'g'.repeat(length), 'ab', 'A'.repeat(length)) },
  );
const nanos = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0n, 10_101_000n) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { weight: 1, arbitrary: fc.constantFrom(2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)) },
);

const { value: attributeValue } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.boolean(),
    fc.double(),
    fc.maxSafeInteger(),
    fc.constantFrom(-0, 2 ** 53, 2 ** 60, 2 ** 63, -(2 ** 63), 1e300, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 64n, 7n),
    fc.constantFrom(null, undefined),
    fc.uint8Array({ maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 5 }), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

const location = fc.record({
  name: text,
  filename: text,
  startLine: fc.constantFrom(0, 1, -1, 2 ** 31 - 1),
  line: fc.constantFrom(0, 2, 3, -7, 2 ** 31 - 1),
  column: fc.constantFrom(0, 1, 5, -1),
  frameType: fc.constantFrom('v8js', 'v8js', 'native', ''),
});
const span = fc.record({
  traceId: id(32), spanId: id(16), localRootSpanId: id(16), sampled: fc.boolean(), endpoint: text,
});
const stacks = fc.array(fc.array(location, { maxLength: 6 }), { minLength: 1, maxLength: 5 });

const content = fc.record({
  stacks,
  spans: fc.array(span, { maxLength: 4 }),
  samples: fc.array(
    fc.record({ stack: fc.nat(), span: fc.nat(), labels: fc.nat(), offset: fc.bigInt({ min: 0n, max: 20n }), wall: nanos, cpu: nanos }),
    { maxLength: 20 },
  ),
  labelSets: fc.array(fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }), { maxLength: 3 }),
  // Sums stay within 64 bits.
  heap: fc.array(
    fc.record({
      stack: fc.nat(),
      objects: fc.bigInt({ min: 0n, max: 3n }),
      bytes: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 56n }), fc.constant(2n ** 53n + 1n)),
      allocatedObjects: fc.bigInt({ min: 0n, max: 2n }),
      allocatedBytes: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 56n })),
    }),
    { maxLength: 6 },
  ),
  allocations: fc.boolean(),
  calls: fc.array(fc.record({ endpoint: text, calls: fc.integer({ min: 1, max: 9 }) }), { maxLength: 3 }),
  types: fc.subarray<ProfileType>(['wall', 'cpu', 'heap']),
  linkScope: fc.constantFrom('span' as const, 'local-root' as const),
  attributes: fc.dictionary(text, attributeValue, { maxKeys: 5, noNullPrototype: true }),
  schemaUrl: fc.constantFrom(undefined, '', 'https://opentelemetry.io/schemas/1.45.0'),
  version: fc.constantFrom(undefined, '', '0.1.0'),
  thread: fc.record({ id: fc.nat({ max: 3 }), name: text }),
  window: fc.nat({ max: 1000 }),
});

/** Profiles as a builder makes them, of anything that a sampler could say. */
export const anyProfile: fc.Arbitrary<Profile> = content.map((given) => {
  const builder = createProfileBuilder();
  const stackIndices = given.stacks.map((frames) =>
    frames.reduce((caller, { name, filename, startLine, line, column, frameType }) => {
      const fn = builder.function(builder.string(name), builder.string(filename), startLine);
      return builder.stack(caller, builder.location(fn, line, column, builder.string(frameType)));
    }, 0));
  const spanIndices = [0, ...given.spans.map((row) => builder.span(row))];
  const startTimeUnixNano = START + BigInt(given.window) * 60_000_000_000n;
  const at = (list: readonly number[], index: number): number => list[index % list.length] as number;
  const labelSets = [0, ...given.labelSets.map((labels) => builder.labelSet(Object.entries(labels)))];
  for (const { stack, span, labels, offset, wall, cpu } of given.samples) {
    builder.addSample(at(stackIndices, stack), at(spanIndices, span), startTimeUnixNano + offset, wall, cpu, at(labelSets, labels));
  }
  // Most profiles are without allocations.
  for (const { stack, objects, bytes, allocatedObjects, allocatedBytes } of given.heap) {
    if (given.allocations) builder.addHeapSample(at(stackIndices, stack), objects, bytes, allocatedObjects, allocatedBytes);
    else builder.addHeapSample(at(stackIndices, stack), objects, bytes);
  }
  for (const { endpoint, calls } of given.calls) builder.addEndpointCalls(endpoint, calls);
  return builder.build({
    startTimeUnixNano,
    durationNanos: 60_000_000_000n,
    resource: {
      attributes: given.attributes,
      ...(given.schemaUrl === undefined ? {} : { schemaUrl: given.schemaUrl }),
    },
    scope: { name: '@flamespan/profiler', ...(given.version === undefined ? {} : { version: given.version }) },
    thread: given.thread,
    linkScope: given.linkScope,
    types: given.types,
    samplingIntervalNanos: 10_101_000n,
    heapIntervalBytes: 524_288n,
  });
});
