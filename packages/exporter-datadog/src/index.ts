export type { HttpAgentFactory } from '@flamespan/otlp-exporter-base/http';
export { DatadogProfileExporter } from './datadog-profile-exporter.ts';
export type { DatadogProfileExporterConfig } from './exporter-config.ts';
export { DatadogProfileExporterError } from './exporter-error.ts';
export type { DatadogProfileExporterErrorCode } from './exporter-error.ts';
