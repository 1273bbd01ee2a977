import { decodeOtlp } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import type { ReceivedUpload } from './faulty-collector.ts';

export interface DeliveredSample {
  readonly timeUnixMillis: number;
  /** `''` = no Link. */
  readonly spanId: string;
  readonly endpoint: string;
  readonly frames: readonly DeliveredFrame[];
}

export interface DeliveredFrame {
  readonly name: string;
  readonly filename: string;
}

export interface Delivered {
  readonly windows: readonly { readonly startUnixMillis: number; readonly endUnixMillis: number }[];
  /** Timed samples of all windows. */
  readonly samples: readonly DeliveredSample[];
}

/** Decodes what the collector has taken, in the order of the windows. */
export function deliveredIn(uploads: readonly ReceivedUpload[]): Delivered {
  const profiles = uploads
    .filter(({ status }) => status === 200)
    .flatMap(({ body }) => decodeOtlp(body).profiles)
    .sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano));
  return {
    windows: profiles.map(({ startTimeUnixNano, durationNanos }) => ({
      startUnixMillis: toMillis(startTimeUnixNano),
      endUnixMillis: toMillis(startTimeUnixNano + durationNanos),
    })),
    samples: profiles.flatMap(samplesOf),
  };
}

function samplesOf(profile: Profile): DeliveredSample[] {
  const { samples, spans, strings } = profile;
  const framesByStack = new Map<number, DeliveredFrame[]>();
  return Array.from({ length: samples.length }, (_, i) => {
    const stack = samples.stack[i] as number;
    const span = samples.span[i] as number;
    let frames = framesByStack.get(stack);
    if (frames === undefined) framesByStack.set(stack, (frames = framesOf(profile, stack)));
    return {
      timeUnixMillis: toMillis(samples.timeUnixNano[i] as bigint),
      spanId: spans.spanId[span] as string,
      endpoint: strings[spans.endpoint[span] as number] as string,
      frames,
    };
  });
}

/** Leaf first. */
function framesOf({ stacks, locations, functions, strings }: Profile, leaf: number): DeliveredFrame[] {
  const frames: DeliveredFrame[] = [];
  for (let stack = leaf; stack !== 0; stack = stacks.parent[stack] as number) {
    const fn = locations.function[stacks.location[stack] as number] as number;
    frames.push({ name: strings[functions.name[fn] as number] as string, filename: strings[functions.filename[fn] as number] as string });
  }
  return frames;
}

function toMillis(nanos: bigint): number {
  return Number(nanos / 1_000n) / 1_000;
}

/** Ours, but called by the application, inside of its requests. */
const CALLED_BY_APPLICATION = new Set(['onStart', 'onEnd', 'storage.enterWith', 'storage.getStore']);

/** Collecting, building, encoding or uploading profiles. */
export function isOwnWork({ frames }: DeliveredSample): boolean {
  // The application makes no requests of its own while its profiles are delivered.
  if (frames.some(({ filename }) => filename === 'node:_http_client')) return true;
  return frames.some(({ filename }) => /\/packages\/[\w-]+\/src\//.test(filename)) && !frames.some(({ name }) => CALLED_BY_APPLICATION.has(name));
}
