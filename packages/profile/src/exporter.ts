import type { Profile } from './profile.ts';

/** As OpenTelemetry's `ExportResultCode`: 0 is success, 1 is failure. */
export type ExportResultCode = 0 | 1;

/** What became of one export. Failures are values: an exporter never throws. */
export interface ExportResult {
  readonly code: ExportResultCode;
  /** Why it failed, in words that tell the operator what to do. */
  readonly error?: Error;
  /** The same Profile may be sent again. Absent means no. */
  readonly retryable?: boolean;
  /** Not before this many milliseconds have passed. */
  readonly retryAfterMillis?: number;
  /** Time of the JavaScript thread that this export spent encoding, in milliseconds: the sum of its slices. */
  readonly encodeMillis?: number;
}

/** Sends finished profiles somewhere. Structural, as OpenTelemetry's `SpanExporter` is. */
export interface ProfileExporter {
  /** Calls back exactly once. One call is under way at a time. */
  export(profile: Profile, resultCallback: (result: ExportResult) => void): void;
  /** Resolves when nothing that was handed over is still under way. */
  forceFlush?(): Promise<void>;
  /** Frees what the exporter holds. Exports after it fail. */
  shutdown(): Promise<void>;
}
