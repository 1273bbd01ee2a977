import type { Profile } from '@flamespan/profile';
import type { AppReport } from './messages.ts';

/** How many of the samples within `burnX` have a Link to a span that is named `X`. */
export function scoreOf(profiles: readonly Profile[], spanNames: ReadonlyMap<string, string>): AppReport['score'] {
  const score = { right: 0, wrong: 0, unlabelled: 0 };
  for (const profile of profiles) {
    for (let row = 0; row < profile.samples.length; row++) {
      const expected = spanNameOf(profile, profile.samples.stack[row] ?? 0);
      if (expected === undefined) continue;
      const spanId = profile.spans.spanId[profile.samples.span[row] ?? 0] ?? '';
      score[spanId === '' ? 'unlabelled' : spanNames.get(spanId) === expected ? 'right' : 'wrong'] += 1;
    }
  }
  return score;
}

function spanNameOf({ stacks, locations, functions, strings }: Profile, leaf: number): string | undefined {
  for (let stack = leaf; stack !== 0; stack = stacks.parent[stack] ?? 0) {
    const fn = locations.function[stacks.location[stack] ?? 0] ?? 0;
    const [, name] = /^burn([A-Z]\w+)$/.exec(strings[functions.name[fn] ?? 0] ?? '') ?? [];
    if (name !== undefined) return name;
  }
  return undefined;
}
