import type { FileProfileExporter } from '@flamespan/exporter-file';
import type { ExportResult, Profile } from '@flamespan/profile';

/** The result of an export in a form that can be written out. */
export async function exportOnce(exporter: FileProfileExporter, profile: Profile): Promise<{ code: number; message?: string | undefined; retryable?: boolean | undefined }> {
  const { code, error, retryable } = await new Promise<ExportResult>((resolve) => {
    exporter.export(profile, resolve);
  });
  return { code, message: error?.message, retryable };
}
