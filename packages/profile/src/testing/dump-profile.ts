import type { AttributeValue } from '../attributes.ts';
import type { Profile } from '../profile.ts';
import { hexOf } from '../otlp/byte-text.ts';

/**
 * Everything a Profile says, as readable text. Two Profiles with the same content have the same dump, however their
 * tables are laid out and their samples ordered.
 */
export function dumpProfile(profile: Profile): string {
  const { resource, scope, thread, samples, heapSamples } = profile;
  const stacks = stackTexts(profile);
  const spans = spanTexts(profile);
  const labels = profile.labelSets.map((set) => (set.size === 0 ? '' : ` ${valueText(Object.fromEntries(set))}`));
  const timed = Array.from({ length: samples.length }, (_, i) => {
    const { stack, span, labelSet, timeUnixNano, wallNanos, cpuNanos } = samples;
    const values = `wall ${wallNanos[i]} cpu ${cpuNanos[i]}`;
    return `${timeUnixNano[i]} ${values} ${stacks[stack[i] as number]}${spans[span[i] as number]}${labels[labelSet[i] as number]}`;
  });
  const heap = Array.from({ length: heapSamples.length }, (_, i) => {
    const { stack, objects, bytes, allocatedObjects, allocatedBytes } = heapSamples;
    const none = allocatedObjects[i] === 0n && allocatedBytes[i] === 0n;
    const allocated = none ? '' : ` ${allocatedObjects[i]} allocated ${allocatedBytes[i]} allocated-bytes`;
    return `${objects[i]} objects ${bytes[i]} bytes${allocated} ${stacks[stack[i] as number]}`;
  });
  return [
    `window ${profile.startTimeUnixNano} + ${profile.durationNanos}`,
    `types ${profile.types.toSorted().join(' ')}`,
    `period ${profile.samplingIntervalNanos} ns, ${profile.heapIntervalBytes} bytes`,
    `link scope ${profile.linkScope}`,
    `thread ${thread.id} ${JSON.stringify(thread.name)}`,
    `scope ${JSON.stringify(scope.name)} ${JSON.stringify(scope.version ?? '')}`,
    `resource ${valueText(resource.attributes)} ${JSON.stringify(resource.schemaUrl ?? '')}`,
    ...Array.from(profile.endpointCalls, ([endpoint, calls]) => `calls ${calls} ${JSON.stringify(endpoint)}`).sort(),
    ...timed.sort(),
    ...heap.sort(),
  ].join('\n');
}

/** Root first, as fixtures are drawn. */
function stackTexts({ stacks, locations, functions, strings }: Profile): string[] {
  const frames = Array.from({ length: locations.length }, (_, i) => {
    const fn = locations.function[i] as number;
    const name = strings[functions.name[fn] as number];
    // One line for each sample, whatever a file is called.
    const file = JSON.stringify(strings[functions.filename[fn] as number]).slice(1, -1);
    const type = strings[locations.frameType[i] as number];
    const place = `${file}:${locations.line[i]}:${locations.column[i]} from ${functions.startLine[fn]}`;
    return `${JSON.stringify(name)}[${place}${type === '' ? '' : ` ${type}`}]`;
  });
  const texts = [''];
  for (let i = 1; i < stacks.length; i++) {
    const caller = texts[stacks.parent[i] as number];
    const frame = frames[stacks.location[i] as number];
    texts.push(caller === '' ? `${frame}` : `${caller};${frame}`);
  }
  return texts.map((text) => (text === '' ? '(empty stack)' : text));
}

function spanTexts({ spans, strings }: Profile): string[] {
  return Array.from({ length: spans.length }, (_, i) => {
    const traceId = spans.traceId[i] as string;
    const spanId = spans.spanId[i] as string;
    const root = spans.localRootSpanId[i] as string;
    const endpoint = strings[spans.endpoint[i] as number] as string;
    const link = traceId + spanId + root === '' ? '' : ` @${spans.sampled[i] === 1 ? '' : '!'}${traceId}/${spanId}<${root}`;
    return link + (endpoint === '' ? '' : ` ${JSON.stringify(endpoint)}`);
  });
}

/** Tells all kinds of attribute values apart; keys in order. */
function valueText(value: AttributeValue): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return `hex ${hexOf(value)}`;
  if (Array.isArray(value)) return `[${(value as readonly AttributeValue[]).map(valueText).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${valueText(item)}`);
  return `{${entries.sort().join(', ')}}`;
}
