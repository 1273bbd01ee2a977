import { isMainThread, parentPort } from 'node:worker_threads';
import type { Report, TotalScore } from './report.ts';
import type { SdkLine } from './sdk-line.ts';

/** What the parent gives a program in its environment. */
export interface ProgramEnvironment {
  readonly upstreamPort: number;
  readonly sdkLine: SdkLine;
  readonly runMillis: number;
  readonly setUp: string;
}

/** Messages from a program to its parent. */
export type ProgramMessage = { readonly port: number } | { readonly soFar: TotalScore } | { readonly report: Report };

/** Messages from the parent to a program that serves requests. */
export type ParentMessage = 'soFar' | 'finish';

export async function programEnvironment(): Promise<ProgramEnvironment> {
  const { UPSTREAM_PORT, SDK_LINE, RUN_MILLIS, SET_UP } = process.env;
  if (SDK_LINE === undefined) throw new Error('SDK_LINE must be the address of a module that exports an SdkLine');
  const { sdkLine } = (await import(SDK_LINE)) as { sdkLine: SdkLine };
  return { upstreamPort: Number(UPSTREAM_PORT), sdkLine, runMillis: Number(RUN_MILLIS ?? 1_000), setUp: SET_UP ?? '' };
}

export function tellParent(message: ProgramMessage): Promise<void> {
  if (!isMainThread) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a MessagePort, not a Window
    parentPort?.postMessage(message);
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}
