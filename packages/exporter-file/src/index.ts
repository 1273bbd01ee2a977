export { FileProfileExporterError } from './exporter-error.ts';
export type { FileProfileExporterErrorCode } from './exporter-error.ts';
export type { FileFormat, FileProfileExporterOptions } from './exporter-options.ts';
export { FileProfileExporter } from './file-profile-exporter.ts';
