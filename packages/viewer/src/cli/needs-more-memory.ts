import { CliError } from './cli-error.ts';

/** Of what does not fit into `--max-memory`. `subject` is what needs more, with its verb. */
export function needsMoreMemory(subject: string, maxBytes: number, options?: ErrorOptions): CliError {
  return new CliError(1, `${subject} more than the ${Math.round(maxBytes / 1024 ** 2)} MiB that may be taken; choose more with --max-memory. Nothing was opened.`, options);
}
