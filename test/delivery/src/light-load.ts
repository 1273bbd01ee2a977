import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { WorkAnswer } from './app/messages.ts';

export interface AnsweredRequest extends WorkAnswer {
  readonly startedAtUnixMillis: number;
  /** A status, or what went wrong instead of an answer. */
  readonly outcome: number | string;
}

export interface LightLoad {
  readonly requests: readonly AnsweredRequest[];
  stop(): Promise<void>;
}

const PAUSE_MILLIS = 20;

/** One request after the other, about 40 a second. */
export function startLightLoad(url: string): LightLoad {
  const requests: AnsweredRequest[] = [];
  const stopped = new AbortController();
  const done = (async () => {
    while (!stopped.signal.aborted) {
      requests.push(await sendRequest(`${url}/work`));
      await pause(PAUSE_MILLIS);
    }
  })();
  const stop = (): Promise<void> => {
    stopped.abort();
    return done;
  };
  onTestFinished(stop);
  return { requests, stop };
}

async function sendRequest(url: string): Promise<AnsweredRequest> {
  const startedAtUnixMillis = Date.now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    return { startedAtUnixMillis, outcome: response.status, ...((await response.json()) as WorkAnswer) };
  } catch (error) {
    return { startedAtUnixMillis, outcome: String(error), traceId: '', spanId: '' };
  }
}
