import { setTimeout } from 'node:timers/promises';
import { describeExit, quoteLastLines, startChild, type Child } from './child.ts';
import { DemoError } from './demo-error.ts';
import type { Demo, DemoService } from './demos.ts';
import { firstOf } from './first-of.ts';

const EXPORT_INTERVAL_MILLIS = 2000;
const START_DEADLINE_MILLIS = 60_000;

/** The services of an example while they run. */
export interface Example {
  /** Where the service listens that gets the requests. */
  readonly url: string;
  /** Rejects with a {@link DemoError} when a service ends that nobody has stopped; never resolves. */
  readonly crashed: Promise<never>;
  /** The last lines of every service. */
  quoteLastLines(): string;
  /**
   * Ends the services, each within this grace; what calls another one goes before it. Resolves to complaints, one for
   * each service that did not end in order.
   */
  stop(graceMillis: number): Promise<readonly string[]>;
}

export interface ExampleOptions {
  readonly demo: Demo;
  /** Port of the service that gets the requests; 0 = any. */
  readonly port: number;
  /** Where telemetry goes. */
  readonly endpoint: string;
}

interface RunningService {
  /** For messages. */
  readonly title: string;
  readonly child: Child;
  /** Rejects when it ends. */
  readonly crashed: Promise<never>;
}

/**
 * Starts the services one after the other, each when the one before it listens. Rejects with a {@link DemoError} when
 * one of them does not, and with the reason of an interruption; either way nothing is left running.
 */
export async function startExample({ demo, port, endpoint }: ExampleOptions, interruption: AbortSignal): Promise<Example> {
  const running: RunningService[] = [];
  let url = '';
  try {
    for (const service of demo.services) {
      running.push(startService(demo, service, {
        PORT: String(service === demo.services.at(-1) ? port : 0),
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        ...(service.upstreamVariable !== undefined && { [service.upstreamVariable]: url }),
      }));
      url = await firstOf(interruption, [waitForUrl(running.at(-1) as RunningService), ...running.map(({ crashed }) => crashed)]);
    }
  } catch (error) {
    await Promise.all(running.map(({ child }) => child.stop(0)));
    throw error;
  }
  const crashed = Promise.race(running.map((service) => service.crashed));
  // They also end when nobody waits for it any more.
  crashed.catch(() => undefined);
  return {
    url,
    crashed,
    quoteLastLines: () => running.map(({ title, child }) => `The ${title}:\n${quoteLastLines(child)}`).join('\n'),
    async stop(graceMillis) {
      const complaints: string[] = [];
      for (const { title, child } of running.toReversed()) {
        const status = await child.stop(graceMillis);
        if (status.code !== 0) complaints.push(`The ${title} did not end in order (${describeExit(status)}), so its last seconds may be missing. Its last lines:\n${quoteLastLines(child)}`);
      }
      return complaints;
    },
  };
}

function startService(demo: Demo, service: DemoService, environment: NodeJS.ProcessEnv): RunningService {
  const child = startChild({
    args: service.arguments,
    directory: demo.directory,
    environment: {
      ...environmentWithoutOpenTelemetry(),
      OTEL_SERVICE_NAME: service.name,
      // The viewer takes traces and profiles.
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_LOG_LEVEL: 'warn',
      FLAMESPAN_EXPORT_INTERVAL_MILLIS: String(EXPORT_INTERVAL_MILLIS),
      ...environment,
    },
  });
  const title = demo.services.length === 1 ? `${demo.name} example` : `${demo.name} example's ${service.name}`;
  const crashed = child.exited.then((status) => {
    throw new DemoError(`The ${title} ended with ${describeExit(status)}. Its last lines:\n${quoteLastLines(child)}`);
  });
  crashed.catch(() => undefined);
  return { title, child, crashed };
}

/** What the person has set for other services, such as a sampler or headers, would change what the demo shows. */
function environmentWithoutOpenTelemetry(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_')));
}

async function waitForUrl({ title, child }: RunningService): Promise<string> {
  const listening = await Promise.race([child.waitForLine(/listening on (\S+)/), setTimeout(START_DEADLINE_MILLIS, undefined, { ref: false })]);
  if (listening === undefined) throw new DemoError(`The ${title} does not listen after ${START_DEADLINE_MILLIS / 1000} s. Its last lines:\n${quoteLastLines(child)}`);
  return listening[1] ?? '';
}
