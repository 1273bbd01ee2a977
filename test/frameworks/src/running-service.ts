import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'vitest';
import type { AppReport, AppSettings, Command, Reply } from './messages.ts';

export interface RunningService {
  readonly url: string;
  /** Waits until every request has ended. The service answers no more after it. */
  report(): Promise<AppReport>;
}

/** The service in a process of its own, until the test ends. */
export async function startService({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, settings: AppSettings): Promise<RunningService> {
  const child = fork(new URL('service.ts', import.meta.url), {
    execArgv: ['--conditions=@flamespan/source'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      FRAMEWORKS_APP: JSON.stringify(settings),
      // Express prints every error otherwise.
      NODE_ENV: 'test',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const replyOf = async <Type extends Reply['type']>(type: Type): Promise<Extract<Reply, { type: Type }>> => {
    const ended = exited.then(([code]) => Promise.reject(new Error(`The service ended with ${code}\n${stderr}`)));
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [Reply];
    if (message.type !== type) throw new Error(`Expected ${type}, got ${message.type}`);
    return message as Extract<Reply, { type: Type }>;
  };
  const { port } = await replyOf('listening');
  return {
    url: `http://127.0.0.1:${port}`,
    report: () => {
      child.send('report' satisfies Command);
      return replyOf('report');
    },
  };
}
