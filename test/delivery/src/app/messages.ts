import type { OTLPProfileExporterConfig } from '@flamespan/exporter-otlp-http';
import type { ProfilingSpanProcessorOptions, ProfilingStats } from '@flamespan/span-processor';

/** What a test sets, as JSON in the variable `DELIVERY_APP`. */
export interface AppSettings {
  readonly exporter: Pick<OTLPProfileExporterConfig, 'url' | 'timeoutMillis' | 'compression'>;
  readonly processor: Omit<ProfilingSpanProcessorOptions, 'exporter'>;
}

export interface LoggedMessage {
  readonly level: 'error' | 'warn' | 'info';
  readonly text: string;
}

export interface EndedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly kind: number;
}

/** What the application tells of itself, once for each `'report'` that it is sent. */
export interface AppReport {
  readonly type: 'report';
  readonly stats: ProfilingStats;
  /** What `diag` was told since the start. */
  readonly logged: readonly LoggedMessage[];
  readonly spans: readonly EndedSpan[];
}

export interface AppListening {
  readonly type: 'listening';
  readonly port: number;
}

/** Body of the answer to `/work`. */
export interface WorkAnswer {
  readonly traceId: string;
  readonly spanId: string;
}
