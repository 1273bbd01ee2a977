import { SERVED_ROUTES } from './routes.ts';
import type { SentSample } from './sent-samples.ts';

/** How the samples of one route's handler were linked. */
export interface RouteScore {
  readonly route: string;
  /** Samples with the handler on the stack. */
  samples: number;
  linked: number;
  /** Linked to a span of another route's trace, or of a trace that never arrived. */
  wrongLink: number;
  /** With an endpoint. */
  named: number;
  wrongEndpoint: number;
}

export function scoreAttribution(samples: readonly SentSample[], routesByTrace: ReadonlyMap<string, ReadonlySet<string>>): RouteScore[] {
  return SERVED_ROUTES.map(({ route, handler }) => {
    const score: RouteScore = { route, samples: 0, linked: 0, wrongLink: 0, named: 0, wrongEndpoint: 0 };
    for (const { frames, link, endpoint } of samples) {
      if (!frames.some(({ functionName }) => functionName === handler)) continue;
      score.samples++;
      if (link !== undefined) {
        score.linked++;
        if (!isOnlyRoute(routesByTrace.get(link.traceId), route)) score.wrongLink++;
      }
      if (endpoint !== undefined) {
        score.named++;
        if (endpoint !== route) score.wrongEndpoint++;
      }
    }
    return score;
  });
}

function isOnlyRoute(routes: ReadonlySet<string> | undefined, route: string): boolean {
  return routes?.size === 1 && routes.has(route);
}

export function totalScore(scores: readonly RouteScore[]): RouteScore {
  const total: RouteScore = { route: 'all', samples: 0, linked: 0, wrongLink: 0, named: 0, wrongEndpoint: 0 };
  for (const score of scores) {
    for (const column of ['samples', 'linked', 'wrongLink', 'named', 'wrongEndpoint'] as const) total[column] += score[column];
  }
  return total;
}

export function formatScores(scores: readonly RouteScore[]): string {
  const header = ['route', 'samples', 'linked', 'wrong link', 'named', 'wrong endpoint'];
  const rows = [...scores, totalScore(scores)].map(({ route, samples, linked, wrongLink, named, wrongEndpoint }) => [route, samples, linked, wrongLink, named, wrongEndpoint].map(String));
  return [header, ...rows].map(([route = '', ...numbers]) => route.padEnd(26) + numbers.map((cell) => cell.padStart(15)).join('')).join('\n');
}
