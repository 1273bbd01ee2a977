export { OTLPProfileExporterError } from '@flamespan/otlp-exporter-base';
export type { OTLPProfileExporterErrorCode } from '@flamespan/otlp-exporter-base';
export type { OTLPProfileExporterConfig } from './exporter-config.ts';
export { OTLPProfileExporter } from './otlp-profile-exporter.ts';
