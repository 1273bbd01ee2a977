import { emptyScore, type AttributionScore } from './attribution-score.ts';
import { SERVED_ROUTES } from './routes.ts';
import type { SentSample } from './sent-samples.ts';

/** Scores each handler of the Express example by the routes of the traces that its samples are linked to. */
export function scoreRoutes(samples: readonly SentSample[], routesByTrace: ReadonlyMap<string, ReadonlySet<string>>): AttributionScore[] {
  return SERVED_ROUTES.map(({ route, handler }) => {
    const score = emptyScore(route);
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
