export type { HttpAgentFactory } from '@flamespan/otlp-exporter-base/http';
export type { OTLPProfileExporterConfig, OtlpHttpProtocol } from './exporter-config.ts';
export { OTLPProfileExporterError } from '@flamespan/otlp-exporter-base';
export type { OTLPProfileExporterErrorCode } from '@flamespan/otlp-exporter-base';
export { OTLPProfileExporter } from './otlp-profile-exporter.ts';
