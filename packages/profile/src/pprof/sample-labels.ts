import type { LabelSet, LabelSetIndex, LinkScope, Profile, SpanIndex, Thread } from '../profile.ts';

/** The two parts of a Profile, each of which becomes a pprof Profile of its own. */
export type PprofPart = 'timed' | 'heap';

/** One label of a pprof Sample. Strings become string labels, bigints numeric ones, exact to 64 bits. */
export interface PprofLabel {
  readonly key: string;
  readonly value: string | bigint;
  /** Of a numeric label, for example `bytes`. @defaultValue none */
  readonly unit?: string;
}

/** What samples of the same span and label set have in common. Ids are as in the Profile: lower-case hex, `''` = unknown. */
export interface PprofSampleContext {
  readonly part: PprofPart;
  /** Which span the samples are to be linked to: the active one or its local root. */
  readonly linkScope: LinkScope;
  readonly traceId: string;
  readonly spanId: string;
  readonly localRootSpanId: string;
  /** Whether the trace is sampled, so that its ids lead somewhere. */
  readonly sampled: boolean;
  /** `''` = none. */
  readonly endpoint: string;
  /** The user's own labels. */
  readonly labels: LabelSet;
  readonly thread: Thread;
}

/**
 * Says which labels samples get. It is called once for each pair of span and label set that has samples, not for each
 * sample; heap samples are of no span and have no labels of the user's.
 *
 * Labels with an empty key, an empty string or a 0 without unit are not written, since pprof cannot tell them from no
 * label; nor is a second label of the same key.
 */
export type PprofLabels = (context: PprofSampleContext) => Iterable<PprofLabel>;

export function sampleContext(profile: Profile, part: PprofPart, span: SpanIndex, labelSet: LabelSetIndex): PprofSampleContext {
  const { spans, strings, labelSets, thread, linkScope } = profile;
  return {
    part,
    linkScope,
    traceId: spans.traceId[span] ?? '',
    spanId: spans.spanId[span] ?? '',
    localRootSpanId: spans.localRootSpanId[span] ?? '',
    sampled: spans.sampled[span] === 1,
    endpoint: strings[spans.endpoint[span] ?? 0] ?? '',
    labels: labelSets[labelSet] ?? new Map(),
    thread,
  };
}
