import type { Span } from '@opentelemetry/api';
import { ATTR_PYROSCOPE_PROFILE_ID } from './semconv.ts';
import type { ReadableSpanLike } from './span-processor-like.ts';

/**
 * Sets `pyroscope.profile.id` on a span that has just started: into its live attributes, where that works. `setAttribute`
 * allocates 300 bytes more to check the value, and would count it under the user's `attributeCountLimit`, so that one of
 * the user's own attributes might have no room.
 */
export function setProfileId(span: Span, id: string): void {
  const { attributes } = span as unknown as Partial<ReadableSpanLike>;
  if (typeof attributes === 'object' && attributes !== null && Object.isExtensible(attributes)) attributes[ATTR_PYROSCOPE_PROFILE_ID] = id;
  // Spans that give a copy of their attributes.
  const { attributes: now } = span as unknown as Partial<ReadableSpanLike>;
  if (now?.[ATTR_PYROSCOPE_PROFILE_ID] !== id) span.setAttribute(ATTR_PYROSCOPE_PROFILE_ID, id);
}
