import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';
import type { AppReport, AppSettings, Command, Reply } from './messages.ts';
import { CERTIFICATE, startOtherServers } from './other-servers.ts';

export interface RunningApp {
  /** Statuses of the requests so far, with what went wrong in place of a status. */
  readonly outcomes: ReadonlySet<string>;
  startOther(): Promise<void>;
  report(): Promise<AppReport>;
  /** Reports until one will do, for at most 40 seconds, and returns the last. */
  reportWhen(enough: (report: AppReport) => boolean): Promise<AppReport>;
  /** Profiles that the servers of other products have got. */
  readonly delivered: () => number;
  /** Resolves with the exit code, and what was written to stderr. */
  stop(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

export interface StartOptions extends AppSettings {
  readonly env?: NodeJS.ProcessEnv;
  readonly flags?: readonly string[];
}

const DEADLINE_MILLIS = 40_000;
/** Some products block the thread while they are loaded. */
const REQUEST_MILLIS = 30_000;

/** The application in a process of its own, under a light load, until the test ends. */
export async function startApp(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  { env = {}, flags = [], ...settings }: StartOptions,
): Promise<RunningApp> {
  const servers = await startOtherServers();
  const child = fork(new URL('app.ts', import.meta.url), {
    execArgv: [
      '--conditions=@flamespan/source',
      ...(settings.other?.esm === true ? ['--import', new URL('loader-hook.ts', import.meta.url).href] : []),
      ...flags,
    ],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      COEXISTENCE_APP: JSON.stringify(settings),
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTHER_SERVER: servers.url,
      DD_TRACE_AGENT_URL: servers.url,
      DD_PROFILING_UPLOAD_PERIOD: '1',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_CRASHTRACKING_ENABLED: 'false',
      DD_RUNTIME_METRICS_ENABLED: 'false',
      DD_TRACE_STARTUP_LOGS: 'false',
      NODE_EXTRA_CA_CERTS: fileURLToPath(CERTIFICATE),
      NEW_RELIC_HOST: 'localhost',
      NEW_RELIC_PORT: String(servers.tlsPort),
      NEW_RELIC_NO_CONFIG_FILE: 'true',
      NEW_RELIC_LOG_ENABLED: 'false',
      NEW_RELIC_APP_NAME: 'other',
      NEW_RELIC_LICENSE_KEY: '0'.repeat(40),
      NEW_RELIC_PROFILING_ENABLED: String(settings.other?.profiling ?? false),
      ...Object.fromEntries(
        ['AWS', 'GCP', 'AZURE', 'PCF', 'KUBERNETES', 'AZUREFUNCTION', 'DOCKER'].map((cloud) => [`NEW_RELIC_UTILIZATION_DETECT_${cloud}`, 'false']),
      ),
      ...env,
    },
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const replyOf = async <Type extends Reply['type']>(type: Type): Promise<Extract<Reply, { type: Type }>> => {
    const ended = exited.then(([code]) => Promise.reject(new Error(`The application ended with ${code}\n${stderr}`)));
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [Reply];
    if (message.type !== type) throw new Error(`Expected ${type}, got ${message.type}`);
    return message as Extract<Reply, { type: Type }>;
  };
  const stopped = new AbortController();
  onTestFinished(async () => {
    stopped.abort();
    child.kill('SIGKILL');
    await exited;
    await servers.close();
  });
  const { port } = await replyOf('listening');
  const outcomes = new Set<string>();
  const load = (async () => {
    for (let i = 0; !stopped.signal.aborted; i++) {
      outcomes.add(await outcomeOf(`http://127.0.0.1:${port}/${i % 2 === 0 ? 'alpha' : 'beta'}`));
      await pause(15);
    }
  })();
  const report = (): Promise<AppReport> => {
    child.send('report' satisfies Command);
    return replyOf('report');
  };
  return {
    outcomes,
    startOther: async () => {
      child.send('start-other' satisfies Command);
      await replyOf('other-started');
    },
    report,
    reportWhen: async (enough) => {
      const deadline = performance.now() + DEADLINE_MILLIS;
      for (;;) {
        await pause(400);
        const last = await report();
        if (enough(last) || performance.now() > deadline) return last;
      }
    },
    delivered: servers.profiles,
    stop: async () => {
      stopped.abort();
      await load;
      child.send('stop' satisfies Command);
      const [code] = await exited;
      return { code, stderr };
    },
  };
}

async function outcomeOf(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_MILLIS) });
    await response.text();
    return String(response.status);
  } catch (error) {
    return String(error);
  }
}
