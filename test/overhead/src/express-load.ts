import { Agent, get } from 'node:http';
import type { ProfilingFigures } from './programs/running-variant.ts';

export interface AppReady {
  readonly port: number;
  /** Since the process started, until the application listens. */
  readonly startMillis: number;
  readonly startCpuMillis: number;
  readonly rssBytes: number;
}

export interface UsageFigures {
  readonly cpuMicros: number;
  /** Of this, on the JavaScript thread. */
  readonly threadCpuMicros: number;
  readonly rssBytes: number;
  readonly stats?: ProfilingFigures;
}

export interface SettledMemory {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
}

export interface GarbageFigures {
  readonly allocatedBytes: number;
  readonly gcMicros: number;
}

/** Half of what plain OpenTelemetry can do on one thread, and a little less than @splunk/otel can. */
export const REQUESTS_PER_SECOND = 4_000;
const TICK_MILLIS = 5;
const CONNECTIONS = 32;
/** An application that cannot keep up gets the rest later. */
const MOST_UNANSWERED = 256;

/** Requests to the Express application at an even rate, over connections that are kept. */
export interface ExpressLoad {
  /**
   * Sends `requests`, or as many as the application takes within `longestMillis`, and waits for the last answer. Returns how many
   * were answered. Fails when one
   * is not answered with 200.
   */
  drive(requests: number, perSecond: number, longestMillis?: number): Promise<number>;
  close(): void;
}

export function createExpressLoad(port: number): ExpressLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let sent = 0;
  const request = (): Promise<void> =>
    new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', agent, path: `/orders/${1 + (sent++ % 500)}` }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`The application answered with ${response.statusCode}`));
        response.once('error', reject);
        response.once('end', resolve);
        response.resume();
      }).once('error', reject);
    });
  return {
    drive: (requests, perSecond, longestMillis = Number.POSITIVE_INFINITY) =>
      new Promise((resolve, reject) => {
        const start = performance.now();
        let begun = 0;
        let answered = 0;
        let wanted = requests;
        const timer = setInterval(() => {
          const elapsed = performance.now() - start;
          if (elapsed > longestMillis) wanted = Math.max(begun, 1);
          const due = Math.min(wanted, Math.ceil((elapsed * perSecond) / 1_000), answered + MOST_UNANSWERED);
          for (; begun < due; begun++) request().then(onAnswer, onFailure);
          if (answered < wanted) return;
          clearInterval(timer);
          resolve(answered);
        }, TICK_MILLIS);
        const onAnswer = (): void => {
          answered += 1;
        };
        const onFailure = (error: unknown): void => {
          clearInterval(timer);
          reject(error instanceof Error ? error : new Error(String(error)));
        };
      }),
    close: () => agent.destroy(),
  };
}
