import type { ExportResult, ProfileExporter } from '@flamespan/profile';
import { inspect } from 'node:util';

/** A server that asks for more than an hour is asked again all the same. */
const MAX_RETRY_AFTER_MILLIS = 3_600_000;

export interface ReadResult {
  readonly code: number;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMillis: number;
  readonly encodeMillis: number;
}

/** Exporters are other people's code: what they call back with may be anything, and throw when it is read. */
export function readResult(result: ExportResult | undefined): ReadResult {
  try {
    const millis = result?.retryAfterMillis ?? 0;
    const encodeMillis = result?.encodeMillis ?? 0;
    return {
      code: result?.code ?? 1,
      message: messageOf(result?.error),
      retryable: result?.retryable === true,
      retryAfterMillis: Number.isFinite(millis) ? Math.min(Math.max(0, millis), MAX_RETRY_AFTER_MILLIS) : 0,
      encodeMillis: Number.isFinite(encodeMillis) ? Math.max(0, encodeMillis) : 0,
    };
  } catch {
    return { code: 1, message: 'its result cannot be read', retryable: false, retryAfterMillis: 0, encodeMillis: 0 };
  }
}

export function nameOf(exporter: ProfileExporter): string {
  try {
    return exporter.constructor?.name ?? 'exporter';
  } catch {
    return 'exporter';
  }
}

export function messageOf(error: unknown): string {
  if (error === undefined) return 'no reason given';
  try {
    const message: unknown = error instanceof Error ? error.message : inspect(error);
    return String(message);
  } catch {
    return 'an error that cannot be shown';
  }
}
