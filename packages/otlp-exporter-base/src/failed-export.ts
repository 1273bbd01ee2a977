import type { ExportResult } from '@flamespan/profile';
import { OTLPProfileExporterError } from './exporter-error.ts';
import type { OTLPProfileExporterErrorCode, OTLPProfileExporterErrorOptions } from './exporter-error.ts';

export interface FailureDetails extends OTLPProfileExporterErrorOptions {
  /** @defaultValue false */
  readonly retryable?: boolean;
  readonly retryAfterMillis?: number | undefined;
}

export function failed(code: OTLPProfileExporterErrorCode, message: string, details: FailureDetails = {}): ExportResult {
  const { retryable = false, retryAfterMillis, ...options } = details;
  return {
    code: 1,
    error: new OTLPProfileExporterError(code, message, options),
    retryable,
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
  };
}
