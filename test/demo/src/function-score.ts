import { emptyScore, type AttributionScore } from './attribution-score.ts';
import type { ScoredFunction } from './grpc-functions.ts';
import type { SentSample } from './sent-samples.ts';
import type { SentSpan } from './sent-spans.ts';

/** A sample that is linked to a span which was not active, and why it cannot have been. */
export interface WrongLink {
  readonly functionName: string;
  readonly reason: string;
}

export interface FunctionScores {
  readonly scores: readonly AttributionScore[];
  readonly wrongLinks: readonly WrongLink[];
}

/** Sampler and tracer read different clocks, and a sample's time is that of a signal. */
const CLOCK_TOLERANCE_NANOS = 20_000_000n;

/** Scores every sample by the innermost of the functions on its stack. */
export function scoreFunctions(samples: readonly SentSample[], spans: readonly SentSpan[], functions: readonly ScoredFunction[]): FunctionScores {
  const scoreOf = new Map(functions.map(({ service, functionName }) => [`${service} ${functionName}`, emptyScore(functionName)]));
  const functionOf = new Map(functions.map((scored) => [`${scored.service} ${scored.functionName}`, scored]));
  const spanOf = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
  const wrongLinks: WrongLink[] = [];
  for (const sample of samples) {
    const key = sample.frames.map(({ functionName }) => `${sample.service} ${functionName}`).find((name) => functionOf.has(name));
    if (key === undefined) continue;
    const scored = functionOf.get(key)!;
    const score = scoreOf.get(key)!;
    score.samples++;
    if (sample.link !== undefined) {
      score.linked++;
      const reason = reasonAgainst(sample, scored, spanOf);
      if (reason !== undefined) {
        score.wrongLink++;
        wrongLinks.push({ functionName: scored.functionName, reason });
      }
    }
    if (sample.endpoint !== undefined) {
      score.named++;
      if (sample.endpoint !== scored.endpoint) score.wrongEndpoint++;
    }
  }
  return { scores: [...scoreOf.values()], wrongLinks };
}

function reasonAgainst({ link, service, timeUnixNano }: SentSample, scored: ScoredFunction, spanOf: ReadonlyMap<string, SentSpan>): string | undefined {
  const span = spanOf.get(`${link!.traceId} ${link!.spanId}`);
  if (span === undefined) return 'the span never arrived';
  if (span.service !== service) return `the span is of ${span.service}`;
  if (!scored.spans.includes(span.name)) return `the span is "${span.name}"`;
  if (timeUnixNano < BigInt(span.startTimeUnixNano) - CLOCK_TOLERANCE_NANOS) return 'the span started later';
  // The span itself may have ended, its local root has not: it answers last. Only a handler goes on after the answer.
  if (scored.heavy && timeUnixNano > BigInt(localRootOf(span, spanOf).endTimeUnixNano) + CLOCK_TOLERANCE_NANOS) return 'the local root had ended before';
  return undefined;
}

function localRootOf(span: SentSpan, spanOf: ReadonlyMap<string, SentSpan>): SentSpan {
  const parent = spanOf.get(`${span.traceId} ${span.parentSpanId ?? ''}`);
  return parent === undefined || parent.service !== span.service ? span : localRootOf(parent, spanOf);
}
