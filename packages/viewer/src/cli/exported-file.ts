import { basename } from 'node:path';

/** As `@flamespan/exporter-file` names files. No two exports have the same stem. */
const PPROF_NAME = /^(?<stem>[^-]+-(?<service>.+)-\d{8}T\d{6}\.\d{3}Z-\d+-[0-9a-f]{8}-\d+)-(?:wall|heap)\.pb\.gz$/;

/** The service that an exported pprof file is of, which the file itself does not say; undefined for other files. */
export function exportedServiceOf(path: string): string | undefined {
  return PPROF_NAME.exec(basename(path))?.groups?.['service'];
}

/** Those of the files that are pprof of a profile whose `.otlp` file, which says all that they say, is among them too. */
export function pprofCopies(paths: readonly string[]): string[] {
  const names = new Set(paths.map((path) => basename(path)));
  return paths.filter((path) => {
    const stem = PPROF_NAME.exec(basename(path))?.groups?.['stem'];
    return stem !== undefined && names.has(`${stem}.otlp`);
  });
}
