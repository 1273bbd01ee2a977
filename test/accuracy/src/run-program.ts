import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KINDS } from './kinds.ts';
import type { ParentMessage, ProgramMessage } from './program.ts';
import type { Report, TotalScore } from './report.ts';

const CLIENTS = 32;
/** Beyond the time that the load takes. */
const PATIENCE_MILLIS = 45_000;
const MOST_LOADS = 6;

export interface ProgramRun {
  readonly program: URL;
  /** The Node that runs it. */
  readonly execPath: string;
  readonly execArgv: readonly string[];
  /** Address of the module with the SDK to use. */
  readonly sdkLine: URL;
  /** How long it is sent requests, each time. */
  readonly runMillis: number;
  /** Whether what was sampled so far is enough. Until then it is sent requests again, at most `MOST_LOADS` times in all. @defaultValue it is */
  readonly isEnough?: (soFar: TotalScore) => boolean;
  readonly samplingIntervalMicros: number;
  /** Which of a program's set-ups to run, where it has several. */
  readonly setUp?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program in a process of its own, sends it requests if it serves any, and returns its report. */
export async function runProgram(run: ProgramRun): Promise<Report> {
  const upstream = await startUpstream();
  const child = fork(run.program, {
    execPath: run.execPath,
    execArgv: [...run.execArgv],
    env: {
      ...process.env,
      NODE_OPTIONS: '', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none',
      OTEL_SERVICE_NAME: 'accuracy',
      SDK_LINE: run.sdkLine.href,
      UPSTREAM_PORT: String((upstream.address() as AddressInfo).port),
      RUN_MILLIS: String(run.runMillis),
      SAMPLING_INTERVAL_MICROS: String(run.samplingIntervalMicros),
      SET_UP: run.setUp ?? '',
      ...run.env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const overdue = setTimeout(() => child.kill('SIGKILL'), run.runMillis * MOST_LOADS + PATIENCE_MILLIS);
  try {
    const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const report = await Promise.race([reportOf(child, run), exit.then(() => undefined)]);
    const [code, signal] = await exit;
    if (report === undefined || code !== 0) {
      throw new Error(`${run.program.pathname} ended with ${signal ?? code}${report === undefined ? ' before its report' : ''}\n${output}`);
    }
    return report;
  } finally {
    clearTimeout(overdue);
    child.kill('SIGKILL');
    upstream.close();
    upstream.closeAllConnections();
  }
}

async function reportOf(child: ChildProcess, { runMillis, isEnough = () => true }: ProgramRun): Promise<Report> {
  const tell = (message: ParentMessage): unknown => child.send(message);
  let port = 0;
  for (let loads = 0; ;) {
    const [message] = (await once(child, 'message')) as [ProgramMessage];
    if ('report' in message) return message.report;
    if ('port' in message) port = message.port;
    if ('soFar' in message && (loads === MOST_LOADS || isEnough(message.soFar))) {
      tell('finish');
      continue;
    }
    await sendRequests(port, runMillis);
    loads++;
    tell('soFar');
  }
}

async function sendRequests(port: number, millis: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const kinds = [...KINDS.keys()];
  const end = performance.now() + millis;
  let id = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end || id < kinds.length) {
      const index = id++ % kinds.length;
      await request(`http://127.0.0.1:${port}${index % 2 === 1 ? '/nested' : ''}/${kinds[index]}/${id}`, agent);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
}

function request(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    }).once('error', reject);
  });
}

async function startUpstream(): Promise<Server> {
  const server = createServer((_request, response) => {
    response.write('a'.repeat(2_000));
    setTimeout(() => response.end('b'.repeat(2_000)), 2);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
