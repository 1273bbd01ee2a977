import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { startCaptureServer } from './capture-server.ts';
import type { CapturedUpload, CaptureServer } from './capture-server.ts';

export type Tracer = 'flamespan' | 'dd-trace';

const PRELOADED: Readonly<Record<Tracer, readonly string[]>> = {
  flamespan: ['./src/program/with-flamespan.ts'],
  'dd-trace': ['dd-trace/initialize.mjs', './src/program/with-dd-trace.ts'],
};
const EXPORT_INTERVAL_SECONDS = 3;
/** The first has the start of the process in it, the second only the load. */
const UPLOADS = 2;
const LONGEST_LOAD_MILLIS = 90_000;
const PATHS = ['/orders/1', '/stock', '/orders/2', '/dark'];

/**
 * Runs the application under load until two periodic uploads have come, and more where these are not enough, and ends it: what the
 * few samples of a busy machine meet is a matter of chance.
 */
export async function captureOf(tracer: Tracer, isEnough: (uploads: readonly CapturedUpload[]) => Promise<boolean>): Promise<Pick<CaptureServer, 'uploads' | 'otlp'>> {
  const server = await startCaptureServer();
  const app = startApp(tracer, server.url);
  try {
    const port = await listeningPort(app);
    const end = performance.now() + LONGEST_LOAD_MILLIS;
    for (let judged = UPLOADS - 1, i = 0; ; i++) {
      if (server.uploads.length > judged) {
        judged = server.uploads.length;
        if (await isEnough(server.uploads)) break;
      }
      if (performance.now() > end) {
        // What is missing in them, the tests tell.
        if (server.uploads.length >= UPLOADS) break;
        throw new Error(`${tracer}: ${server.uploads.length} uploads within ${LONGEST_LOAD_MILLIS} ms`);
      }
      await (await fetch(`http://127.0.0.1:${port}${PATHS[i % PATHS.length] as string}`)).text();
    }
    app.stdin.end();
    if (app.exitCode === null) await once(app, 'exit');
    return server;
  } finally {
    if (app.exitCode === null) app.kill('SIGKILL');
    await server.close();
  }
}

type App = ChildProcessByStdio<Writable, Readable, null>;

function startApp(tracer: Tracer, agentUrl: string): App {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:DD_|DATADOG_|OTEL_|NODE_OPTIONS$)/.test(name));
  return spawn(process.execPath, ['--conditions=@flamespan/source', ...PRELOADED[tracer].flatMap((module) => ['--import', module]), 'src/program/app.ts'], {
    cwd: new URL('..', import.meta.url),
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...Object.fromEntries(inherited),
      DD_TRACE_AGENT_URL: agentUrl,
      DD_SERVICE: 'shop',
      DD_ENV: 'test',
      DD_VERSION: '1.2.3',
      DD_TAGS: 'team:orders,tier:gold',
      DD_GIT_REPOSITORY_URL: 'https://user:token@git.example.com/shop.git',
      DD_GIT_COMMIT_SHA: '0123456789abcdef0123456789abcdef01234567',
      UV_THREADPOOL_SIZE: '3',
      OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT: `${agentUrl}/v1development/profiles`,
      EXPORT_INTERVAL_MILLIS: String(EXPORT_INTERVAL_SECONDS * 1000),
      DD_PROFILING_ENABLED: 'true',
      DD_PROFILING_UPLOAD_PERIOD: String(EXPORT_INTERVAL_SECONDS),
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_TRACE_STARTUP_LOGS: 'false',
    },
  });
}

async function listeningPort(app: App): Promise<number> {
  for await (const line of createInterface({ input: app.stdout })) {
    const port = /^listening (\d+)$/.exec(line)?.[1];
    if (port !== undefined) {
      app.stdout.resume();
      return Number(port);
    }
  }
  throw new Error('the application ended before it listened');
}
