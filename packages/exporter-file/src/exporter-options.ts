/** What is written of each profile. */
export type FileFormat = 'otlp' | 'pprof';

export interface FileProfileExporterOptions {
  /** Where files are written. It is created if it is not there. */
  readonly directory: string;
  /**
   * `'pprof'`: gzip-compressed pprof, one file for wall and CPU time and one for the heap. `'otlp'`: one file with all of
   * the profile, its resource and spans. @defaultValue both
   */
  readonly formats?: readonly FileFormat[];
  /**
   * Most files of this prefix in the directory, whichever process wrote them. The oldest are deleted, by the time in their
   * names; those of the latest export always stay. @defaultValue 300
   */
  readonly maxFiles?: number;
  /** First part of the names of all files: letters, digits, `.` and `_`. @defaultValue `'flamespan'` */
  readonly fileNamePrefix?: string;
}
