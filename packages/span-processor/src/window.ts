import type { ProfileBuilder, SpanIndex } from '@flamespan/profile';
import type { CollectedWindow, SampleOwner } from '@flamespan/profiler';
import type { EndpointNamer } from './endpoint-namer.ts';
import type { SampleRecord } from './context-record.ts';
import type { RootSampleContext, SampleContext } from './sample-context.ts';
import { mayBeRenamed } from './sample-context.ts';

/** The records of the spans that samples of one window name, by their index in the builder's span table. */
export class WindowSpans {
  readonly #indices = new Map<SampleContext, SpanIndex>();

  ownerOf(record: SampleRecord, builder: ProfileBuilder): SampleOwner {
    // By shape: a record may be of another copy of this package, whose holders are still in the frames of async work.
    if (!('labels' in record)) return { span: this.#indexOf(record, builder), labelSet: 0 };
    return {
      span: record.span === undefined ? 0 : this.#indexOf(record.span, builder),
      labelSet: builder.labelSet(Object.entries(record.labels)),
    };
  }

  #indexOf(record: SampleContext, builder: ProfileBuilder): SpanIndex {
    const known = this.#indices.get(record);
    if (known !== undefined) return known;
    const { traceId, spanId, sampled, root } = record;
    const index = builder.span({ traceId, spanId, localRootSpanId: root.spanId, sampled });
    this.#indices.set(record, index);
    return index;
  }

  /** Local roots whose end may still change their endpoint. */
  unsettledRoots(): Set<RootSampleContext> {
    const roots = new Set<RootSampleContext>();
    for (const { root } of this.#indices.keys()) {
      if (mayBeRenamed(root)) roots.add(root);
    }
    return roots;
  }

  /** Writes the endpoints as they are known now. */
  nameEndpoints(builder: ProfileBuilder, namer: EndpointNamer): void {
    for (const [{ root }, index] of this.#indices) {
      const endpoint = root.span === undefined ? root.endpoint : namer.nameOf(root, root.span, false);
      if (endpoint !== undefined) builder.setSpanEndpoint(index, endpoint);
    }
  }
}

/** The spans of each window: samples are still taken into one that is being closed while the next has begun. */
export class SpansOfWindows {
  readonly #spans = new WeakMap<ProfileBuilder, WindowSpans>();

  of(builder: ProfileBuilder): WindowSpans {
    let spans = this.#spans.get(builder);
    if (spans === undefined) this.#spans.set(builder, (spans = new WindowSpans()));
    return spans;
  }
}

/** A window that is closed, but whose endpoints may not all be known yet. */
export interface ClosedWindow {
  readonly collected: CollectedWindow;
  readonly spans: WindowSpans;
}
