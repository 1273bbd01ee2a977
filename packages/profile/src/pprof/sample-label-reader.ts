import { ATTR_ENDPOINT, ATTR_THREAD_NAME } from '../otlp/conventions.ts';
import type { ElementBudget } from '../otlp/decode-limits.ts';
import type { LinkedSpanTable } from '../linked-span-table.ts';
import type { LabelSetIndex, SpanIndex } from '../profile.ts';
import type { ProfileBuilder } from '../profile-builder.ts';
import { isSpanId, isTraceId } from '../span-ids.ts';
import { isUserLabel, LABEL_SPAN_ID, LABEL_TRACE_ID, TIMESTAMP_LABEL } from './file-labels.ts';
import type { PprofSampleLabel } from './messages.ts';
import type { PprofTables } from './pprof-tables.ts';

/** What the string labels of a sample say. */
export interface SampleIdentity {
  readonly span: SpanIndex;
  readonly labelSet: LabelSetIndex;
}

/** Reads labels as `pprofFileLabels` writes them. Samples with the same labels, in the same order, are read once. */
export class SampleLabelReader {
  readonly #tables: PprofTables;
  readonly #builder: ProfileBuilder;
  readonly #spans: LinkedSpanTable;
  readonly #budget: ElementBudget;
  readonly #identities = new Map<string, SampleIdentity>();
  readonly #threadNames = new Set<string>();

  constructor(tables: PprofTables, builder: ProfileBuilder, spans: LinkedSpanTable, budget: ElementBudget) {
    this.#tables = tables;
    this.#builder = builder;
    this.#spans = spans;
    this.#budget = budget;
  }

  /** `''` unless all samples so far are of one thread. */
  get threadName(): string {
    const [name = '', another] = this.#threadNames;
    return another === undefined ? name : '';
  }

  identityOf(labels: readonly PprofSampleLabel[]): SampleIdentity {
    let key = '';
    for (const label of labels) if (label.str !== 0n) key += `${label.key}=${label.str},`;
    let identity = this.#identities.get(key);
    if (identity === undefined) this.#identities.set(key, (identity = this.#createIdentity(labels)));
    return identity;
  }

  /** The time that the sample's numeric label says; undefined without one. */
  timeOf(labels: readonly PprofSampleLabel[]): bigint | undefined {
    const label = labels.find(({ key, str, num }) => str === 0n && num !== 0n && this.#tables.string(key) === TIMESTAMP_LABEL);
    return label === undefined ? undefined : BigInt.asUintN(64, label.num);
  }

  #createIdentity(labels: readonly PprofSampleLabel[]): SampleIdentity {
    const texts = new Map<string, string>();
    for (const { key: keyIndex, str } of labels) {
      if (str === 0n) continue;
      const key = this.#tables.string(keyIndex);
      const value = this.#tables.string(str);
      // The tables below compare by content, so that a long string costs each time.
      this.#budget.charge(4, key, value);
      if (!texts.has(key)) texts.set(key, value);
    }
    this.#threadNames.add(texts.get(ATTR_THREAD_NAME) ?? '');
    const traceId = texts.get(LABEL_TRACE_ID) ?? '';
    const spanId = texts.get(LABEL_SPAN_ID) ?? '';
    const linked = isTraceId(traceId) && isSpanId(spanId);
    return {
      span: this.#spans.row(linked ? traceId.toLowerCase() : '', linked ? spanId.toLowerCase() : '', texts.get(ATTR_ENDPOINT) ?? ''),
      labelSet: this.#builder.labelSet([...texts].filter(([key]) => isUserLabel(key))),
    };
  }
}
