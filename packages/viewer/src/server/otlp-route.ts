import { answerSuccess } from './otlp-answer.ts';
import type { BodyReader } from './request-body.ts';
import { isGzip, requireMediaType } from './request-checks.ts';
import type { Route } from './route.ts';
import type { Signal } from './signals.ts';

/** Takes what is posted into the store. */
export function createOtlpRoute(signal: Signal, bodies: BodyReader): Route {
  return {
    methods: ['POST'],
    async answer({ request, response }) {
      const mediaType = requireMediaType(request);
      await bodies.take(request, isGzip(request), (body) => signal(body, mediaType));
      answerSuccess(response, mediaType);
    },
  };
}
