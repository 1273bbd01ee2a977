import type { Profile } from '@flamespan/profile';

export interface Frame {
  readonly functionName: string;
  readonly filename: string;
}

/** One timed sample, with its indices resolved. */
export interface SentSample {
  /** `service.name` of the process. */
  readonly service: string;
  readonly timeUnixNano: bigint;
  /** Leaf first. */
  readonly frames: readonly Frame[];
  readonly link: { readonly traceId: string; readonly spanId: string } | undefined;
  readonly endpoint: string | undefined;
}

export function samplesOf(profile: Profile): SentSample[] {
  const { samples, spans, strings } = profile;
  const name = profile.resource.attributes['service.name'];
  const service = typeof name === 'string' ? name : '';
  const framesOfStack = new Map<number, readonly Frame[]>();
  return Array.from({ length: samples.length }, (_, row) => {
    const stack = samples.stack[row]!;
    const span = samples.span[row]!;
    let frames = framesOfStack.get(stack);
    if (frames === undefined) framesOfStack.set(stack, (frames = framesOf(profile, stack)));
    const spanId = spans.spanId[span]!;
    return {
      service,
      timeUnixNano: samples.timeUnixNano[row]!,
      frames,
      link: spanId === '' ? undefined : { traceId: spans.traceId[span]!, spanId },
      endpoint: strings[spans.endpoint[span]!] || undefined,
    };
  });
}

function framesOf({ stacks, locations, functions, strings }: Profile, stack: number): Frame[] {
  const frames: Frame[] = [];
  for (let index = stack; index !== 0; index = stacks.parent[index]!) {
    const row = locations.function[stacks.location[index]!]!;
    frames.push({ functionName: strings[functions.name[row]!]!, filename: strings[functions.filename[row]!]! });
  }
  return frames;
}
