import type { ExportResult, Profile, ProfileExporter } from '@flamespan/profile';
import { expect, onTestFinished } from 'vitest';

/** The result of an export that arrived. */
export const DELIVERED: ExportResult = { code: 0, encodeMillis: expect.any(Number) as number };

/** Shuts the exporter down after the test. */
export function forThisTest<Exporter extends ProfileExporter>(exporter: Exporter): Exporter {
  onTestFinished(() => exporter.shutdown());
  return exporter;
}

export async function exportOf(exporter: ProfileExporter, profile: Profile): Promise<ExportResult> {
  return new Promise((resolve) => {
    exporter.export(profile, resolve);
  });
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean | undefined;
  readonly retryAfterMillis: number | undefined;
}

/** Takes a failed export apart. Throws where the error is not the exporter's own, or does not begin with its code. */
export function failureIn<OwnError extends Error & { readonly code: string }>(
  { code, error, retryable, retryAfterMillis }: ExportResult,
  ownError: abstract new (...args: never[]) => OwnError,
): { readonly error: OwnError; readonly failure: Failure } {
  if (!(error instanceof ownError)) throw new Error(`Not a failure of the exporter: ${code} ${String(error)}`);
  if (!error.message.startsWith(`${error.code}: `)) throw new Error(`Does not start with its code: ${error.message}`);
  return { error, failure: { code: error.code, message: error.message, retryable, retryAfterMillis } };
}
