import type { Context } from '@opentelemetry/api';
import { createContextKey } from '@opentelemetry/api';
import { logger } from './logger.ts';

/** A user's own labels by key. The object is never changed: a Context and its samples share it. */
export type ProfileLabels = Readonly<Record<string, string>>;

const KEY = /^[A-Za-z_][A-Za-z0-9_.]*$/;
/** What backends and this package itself put on samples. */
const RESERVED = new Set(['__proto__', 'service.name', 'span_id', 'trace_id', 'profile_id', 'span_name', 'endpoint']);
const RESERVED_PREFIX = 'thread.';
const MAX_KEYS = 50;
const MAX_VALUE_LENGTH = 256;
const MAX_VALUES_PER_KEY = 100;
/** The value of what does not fit under the limit. */
const OTHER = '__other__';

const LABELS_KEY = createContextKey('flamespan.profile-labels');
/** Each value once: what a Context holds is the stored string, not a copy for each call. */
const valuesByKey = new Map<string, Map<string, string>>();
const refused = new Set<string>();

export function labelsOf(context: Context): ProfileLabels | undefined {
  return context.getValue(LABELS_KEY) as ProfileLabels | undefined;
}

/** `context` with these labels on top of those it has. What is refused is left out and said once. */
export function withLabels(context: Context, labels: Readonly<Record<string, unknown>>): Context {
  const merged: Record<string, string> = { ...labelsOf(context) };
  for (const [key, value] of Object.entries(labels ?? {})) {
    const accepted = acceptedValue(key, value);
    if (accepted !== undefined) merged[key] = accepted;
  }
  return context.setValue(LABELS_KEY, Object.freeze(merged));
}

function acceptedValue(key: string, value: unknown): string | undefined {
  const reason = refusal(key, value);
  if (reason !== undefined) {
    const shown = key.slice(0, MAX_VALUE_LENGTH);
    if (refused.size < MAX_KEYS && !refused.has(shown)) {
      refused.add(shown);
      logger.warn(`The profile label ${JSON.stringify(shown)} is left out: ${reason}`);
    }
    return undefined;
  }
  let values = valuesByKey.get(key);
  if (values === undefined) valuesByKey.set(key, (values = new Map()));
  const text = String(value);
  if (text.length > MAX_VALUE_LENGTH) return OTHER;
  const known = values.get(text);
  if (known !== undefined) return known;
  if (values.size >= MAX_VALUES_PER_KEY) return OTHER;
  values.set(text, text);
  return text;
}

function refusal(key: string, value: unknown): string | undefined {
  if (!KEY.test(key)) return 'a key consists of letters, digits, "_" and ".", and does not begin with a digit or a dot';
  if (RESERVED.has(key) || key.startsWith(RESERVED_PREFIX)) return 'this key is reserved';
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return 'its value is not a string';
  if (!valuesByKey.has(key) && valuesByKey.size >= MAX_KEYS) return `there are ${MAX_KEYS} keys already`;
  return undefined;
}
