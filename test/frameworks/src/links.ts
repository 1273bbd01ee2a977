import type { Profile } from '@flamespan/profile';
import type { AppReport } from './messages.ts';
import type { ServerSpans } from './server-spans.ts';

interface Links {
  samples: number;
  unlinked: number;
  readonly endpoints: Set<string>;
  readonly requests: Set<string>;
}

/** What samples within each `burnX` are linked to, judged by the spans that the SDK made. */
export function linksOf(profiles: readonly Profile[], spans: ServerSpans): Pick<AppReport, 'functions' | 'endpointCalls'> {
  const functions = new Map<string, Links>();
  const endpointCalls: Record<string, number> = {};
  for (const profile of profiles) {
    for (const [endpoint, calls] of profile.endpointCalls) endpointCalls[endpoint] = (endpointCalls[endpoint] ?? 0) + calls;
    for (let row = 0; row < profile.samples.length; row++) {
      const name = burnOf(profile, profile.samples.stack[row] ?? 0);
      if (name === undefined) continue;
      let links = functions.get(name);
      if (links === undefined) functions.set(name, (links = { samples: 0, unlinked: 0, endpoints: new Set(), requests: new Set() }));
      const span = profile.samples.span[row] ?? 0;
      links.samples += 1;
      if (!spans.spanIds.has(profile.spans.spanId[span] ?? '')) links.unlinked += 1;
      links.endpoints.add(profile.strings[profile.spans.endpoint[span] ?? 0] ?? '');
      links.requests.add(spans.requests.get(profile.spans.localRootSpanId[span] ?? '') ?? '');
    }
  }
  return {
    endpointCalls,
    functions: Object.fromEntries(
      [...functions].map(([name, links]) => [name, { ...links, endpoints: [...links.endpoints], requests: [...links.requests] }]),
    ),
  };
}

function burnOf({ stacks, locations, functions, strings }: Profile, leaf: number): string | undefined {
  for (let stack = leaf; stack !== 0; stack = stacks.parent[stack] ?? 0) {
    const name = strings[functions.name[locations.function[stacks.location[stack] ?? 0] ?? 0] ?? 0] ?? '';
    if (/^burn[A-Z]/.test(name)) return name;
  }
  return undefined;
}
