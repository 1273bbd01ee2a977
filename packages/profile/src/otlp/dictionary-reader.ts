import { hexOf } from './byte-text.ts';
import { ProfileDecodeError } from './decode-error.ts';
import type { ElementBudget } from './decode-limits.ts';
import type {
  OtlpAnyValue, OtlpFunction, OtlpLink, OtlpLocation, OtlpStack, OtlpValueType, ProfilesData, ProfilesDictionary,
} from './messages.ts';
import { visitReferences } from './references.ts';

/** A span as a Link names it, in lower-case hex. */
export interface LinkIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** The tables of a received message. All indices in it were checked, so that looking them up cannot fail. */
export class DictionaryReader {
  readonly #dictionary: ProfilesDictionary | undefined;
  readonly #links: readonly (LinkIds | undefined)[];

  /** @throws {@link ProfileDecodeError} if an index is outside of its table or an id has a wrong length. */
  constructor(data: ProfilesData) {
    const { dictionary } = data;
    visitReferences(data, (table, index, field) => {
      const length = dictionary?.[table].length ?? 0;
      // 0 means "none", also where a producer left the table out.
      if (index === 0 || (index > 0 && index < length)) return;
      throw new ProfileDecodeError(
        'ERR_INVALID_INDEX', `${field} is ${index}, but ${table} of the dictionary has ${length} entries`,
      );
    });
    this.#dictionary = dictionary;
    this.#links = (dictionary?.linkTable ?? []).map(idsOfLink);
  }

  string(index: number): string {
    return this.#dictionary?.stringTable[index] ?? '';
  }

  valueType(type: OtlpValueType | undefined): { type: string; unit: string } {
    return { type: this.string(type?.typeStrindex ?? 0), unit: this.string(type?.unitStrindex ?? 0) };
  }

  stack(index: number): OtlpStack | undefined {
    return this.#dictionary?.stackTable[index];
  }

  location(index: number): OtlpLocation | undefined {
    return this.#dictionary?.locationTable[index];
  }

  function(index: number): OtlpFunction | undefined {
    return this.#dictionary?.functionTable[index];
  }

  /** undefined = no span. */
  link(index: number): LinkIds | undefined {
    return this.#links[index];
  }

  /** The undecoded value of the attribute with this key; the first one, should there be several. */
  attribute(indices: readonly number[], key: string): OtlpAnyValue | undefined {
    for (const index of indices) {
      const entry = this.#dictionary?.attributeTable[index];
      if (index !== 0 && entry !== undefined && this.string(entry.keyStrindex) === key) return entry.value;
    }
    return undefined;
  }

  /** `''` unless the attribute is there and a string. */
  stringAttribute(indices: readonly number[], key: string): string {
    return this.#text(this.attribute(indices, key)) ?? '';
  }

  /** Those whose value is a string, by key, paid for; the first one, should there be several of a key. */
  stringAttributes(indices: readonly number[], budget: ElementBudget): Map<string, string> {
    const found = new Map<string, string>();
    for (const index of indices) {
      const entry = this.#dictionary?.attributeTable[index];
      if (index === 0 || entry === undefined) continue;
      const key = this.string(entry.keyStrindex);
      const value = this.#text(entry.value);
      if (value === undefined || key === '') continue;
      budget.charge(4, key, value);
      if (!found.has(key)) found.set(key, value);
    }
    return found;
  }

  /** undefined unless it is a number, and an int is one that JavaScript has exactly. */
  number(any: OtlpAnyValue | undefined): number | undefined {
    if (any?.case === 'doubleValue') return any.value;
    const number = any?.case === 'intValue' ? Number(any.value) : undefined;
    return Number.isSafeInteger(number) ? number : undefined;
  }

  /** undefined unless it is a string. No other value is converted: an array may be long, and asked for by each sample. */
  #text(any: OtlpAnyValue | undefined): string | undefined {
    if (any?.case === 'stringValue') return any.value;
    return any?.case === 'stringValueStrindex' ? this.string(any.value) : undefined;
  }
}

function idsOfLink({ traceId, spanId }: OtlpLink, index: number): LinkIds | undefined {
  if (traceId.length === 0 && spanId.length === 0) return undefined;
  // Without the trace id where a producer leaves it out for Grafana Pyroscope before 2.1.
  if ((traceId.length !== 16 && traceId.length !== 0) || spanId.length !== 8) {
    throw new ProfileDecodeError(
      'ERR_INVALID_ID',
      `Link ${index} has a trace id of ${traceId.length} bytes and a span id of ${spanId.length}, not 16 and 8`,
    );
  }
  if (traceId.every((byte) => byte === 0) && spanId.every((byte) => byte === 0)) return undefined;
  return { traceId: hexOf(traceId), spanId: hexOf(spanId) };
}
