import type { Attributes } from '../attributes.ts';

/** What of a Profile goes into an OTLP message. Every OTLP exporter has these options. */
export interface OtlpEncodeOptions {
  /**
   * The resource attributes that are sent; `service.name` always is. Grafana Pyroscope makes a label of each and takes at
   * most 30 labels.
   * @defaultValue all
   */
  readonly resourceAttributes?: readonly string[];
  /**
   * Whether Links name the trace beside the span. Grafana Pyroscope before 2.1 makes a series of every trace id; `false`
   * keeps its series few, and samples are still found by their span. OTLP itself asks for the trace id.
   * @defaultValue true
   */
  readonly traceIdInLinks?: boolean;
}

const ATTR_SERVICE_NAME = 'service.name';

export function selectAttributes(attributes: Attributes, names: readonly string[] | undefined): Attributes {
  if (!Array.isArray(names)) return attributes;
  const selected = new Set([ATTR_SERVICE_NAME, ...(names as readonly string[])]);
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => selected.has(name)));
}
