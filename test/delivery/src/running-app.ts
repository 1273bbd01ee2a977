import { fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { AppListening, AppReport, AppSettings } from './app/messages.ts';

export interface RunningApp {
  readonly url: string;
  report(): Promise<AppReport>;
  /** Asks it to end as a supervisor would. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

const APP = new URL('./app/', import.meta.url);

/** Starts the application in a process of its own, which ends with the test. */
export async function startApp(settings: AppSettings): Promise<RunningApp> {
  const child = fork(new URL('server.ts', APP), {
    execArgv: ['--conditions=@flamespan/source', '--import', new URL('instrumentation.ts', APP).href],
    env: {
      ...withoutOtelVariables(),
      // NodeSDK would send these to a collector on the usual port, whoever listens there.
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      DELIVERY_APP: JSON.stringify(settings),
    },
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const nextMessage = async <T>(): Promise<T> => {
    const ended = exited.then((code) => {
      throw new Error(`The application ended with ${code}`);
    });
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [T];
    return message;
  };
  const { port } = await nextMessage<AppListening>();
  return {
    url: `http://127.0.0.1:${port}`,
    report: () => {
      child.send('report');
      return nextMessage<AppReport>();
    },
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Whoever runs the tests may have set an endpoint of their own. */
function withoutOtelVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_')));
}
