export type { HttpAgentFactory, OTLPProfileExporterConfig } from './exporter-config.ts';
export { OTLPProfileExporterError } from './exporter-error.ts';
export type { OTLPProfileExporterErrorCode } from './exporter-error.ts';
export { OTLPProfileExporter } from './otlp-profile-exporter.ts';
