import type { Profile } from '@flamespan/profile';
import type { Burn, BurnLog } from './burns.ts';
import type { SpanTruth } from './truth.ts';

/** Samples of one kind of continuation. */
export interface KindScore {
  readonly kind: string;
  samples: number;
  /** With the span that was active, or without one where none was. */
  right: number;
  wrong: number;
  unlabelled: number;
  wrongLocalRoot: number;
  endpointRight: number;
  endpointWrong: number;
}

/** Further from any burst of its function than clocks can differ: a sample that cannot be. */
const MAX_DISTANCE_MILLIS = 20;

/** Scores the samples that have one of the named functions on the stack. */
export function scoreProfiles(profiles: readonly Profile[], log: BurnLog, truth: SpanTruth): KindScore[] {
  const scores = new Map<string, KindScore>();
  for (const { kind } of log.burns.values()) {
    scores.set(kind, { kind, samples: 0, right: 0, wrong: 0, unlabelled: 0, wrongLocalRoot: 0, endpointRight: 0, endpointWrong: 0 });
  }
  for (const profile of profiles) scoreProfile(profile, log, truth, scores);
  return [...scores.values()];
}

function scoreProfile(profile: Profile, log: BurnLog, truth: SpanTruth, scores: ReadonlyMap<string, KindScore>): void {
  const { samples, spans, strings } = profile;
  for (let row = 0; row < samples.length; row++) {
    const named = log.burns.get(burnFunctionOf(profile, samples.stack[row] ?? 0) ?? '');
    if (named === undefined) continue;
    const score = scores.get(named.kind);
    if (score === undefined) continue;
    score.samples++;
    const burn = burnAt(named.burns, Number((samples.timeUnixNano[row] ?? 0n) / 1_000n) / 1_000);
    const span = samples.span[row] ?? 0;
    const spanId = spans.spanId[span] ?? '';
    if (burn !== undefined && spanId === burn.spanId) score.right++;
    else if (spanId === '') score.unlabelled++;
    else score.wrong++;
    if (burn === undefined) continue;

    const rootSpanId = burn.spanId === '' ? '' : truth.rootOf(burn.spanId);
    if ((spans.localRootSpanId[span] ?? '') !== rootSpanId) score.wrongLocalRoot++;
    const endpoint = rootSpanId === '' ? '' : (burn.endpoint ?? truth.endpointOf(rootSpanId));
    if ((strings[spans.endpoint[span] ?? 0] ?? '') === endpoint) score.endpointRight++;
    else score.endpointWrong++;
  }
}

/** Where the program's structure and the ended span name different endpoints. */
export function contradictingEndpoints(log: BurnLog, truth: SpanTruth): string[] {
  const found = new Set<string>();
  for (const { kind, burns } of log.burns.values()) {
    for (const { spanId, endpoint } of burns) {
      if (spanId === '' || endpoint === undefined) continue;
      const ended = truth.endpointOf(truth.rootOf(spanId));
      if (ended !== endpoint) found.add(`${kind}: the local root ended as ${ended ?? 'nothing yet'}, not as ${endpoint}`);
    }
  }
  return [...found];
}

function burnFunctionOf({ stacks, locations, functions, strings }: Profile, leaf: number): string | undefined {
  for (let stack = leaf; stack !== 0; stack = stacks.parent[stack] ?? 0) {
    const name = strings[functions.name[locations.function[stacks.location[stack] ?? 0] ?? 0] ?? 0];
    if (name?.startsWith('burn_') === true) return name;
  }
  return undefined;
}

function burnAt(burns: readonly Burn[], unixMillis: number): Burn | undefined {
  let nearest: Burn | undefined;
  let least = MAX_DISTANCE_MILLIS;
  for (const burn of burns) {
    const distance = Math.max(burn.startUnixMillis - unixMillis, unixMillis - burn.endUnixMillis, 0);
    if (distance > least) continue;
    least = distance;
    nearest = burn;
  }
  return nearest;
}
