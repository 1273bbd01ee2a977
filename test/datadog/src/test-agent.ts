import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { withExclusiveLock } from '../../backends/src/exclusive-lock.ts';
import { unusedPort } from '../../exporting/src/unused-port.ts';
import type { ReceivedRequest } from '../../../packages/exporter-otlp-http/test/support/servers.ts';

const VERSION = '1.69.1';
const LONGEST_START_MILLIS = 60_000;
const run = promisify(execFile);

/** Datadog's own Agent for tests of tracers, `ddapm-test-agent` on PyPI. */
export interface TestAgent {
  readonly url: string;
  /** The same Agent at a Unix socket. */
  readonly socketUrl: string;
  /** What it has received, oldest first. */
  requests(): Promise<ReceivedRequest[]>;
  stop(): Promise<void>;
}

/** The Python that has the Agent, installed first if this machine does not have it; or why there is none. */
export async function testAgentPython(): Promise<{ readonly python: string } | { readonly missing: string }> {
  try {
    await run('python3', ['-c', 'import venv, ensurepip']);
  } catch {
    return { missing: 'python3 with venv is missing' };
  }
  // Outside the checkout, so that a fresh clone does not install again.
  const directory = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'flamespan', `ddapm-test-agent-${VERSION}`);
  const python = join(directory, 'bin', 'python');
  const complete = join(directory, 'complete');
  if (existsSync(complete)) return { python };
  await mkdir(directory, { recursive: true });
  try {
    await install(directory, python, complete);
  } catch (error) {
    const words = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1);
    return { missing: `it cannot be installed (${words === undefined || words === '' ? String(error) : words})` };
  }
  return { python };
}

async function install(directory: string, python: string, complete: string): Promise<void> {
  await withExclusiveLock(`${directory}.lock`, () => console.log('Another process is installing ddapm-test-agent, waiting for it.'), async () => {
    if (existsSync(complete)) return;
    console.log(`Installing ddapm-test-agent ${VERSION}, about a quarter of a minute the first time on a machine, into ${directory}`);
    await run('python3', ['-m', 'venv', '--clear', directory]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `ddapm-test-agent==${VERSION}`], { timeout: 240_000 });
    await writeFile(complete, '');
  });
}

export async function startTestAgent(python: string): Promise<TestAgent> {
  const directory = await mkdtemp(join(tmpdir(), 'flamespan-test-agent-'));
  const [port, otlpHttpPort, otlpGrpcPort] = [await unusedPort(), await unusedPort(), await unusedPort()];
  const socket = join(directory, 'apm.socket');
  const args = ['--host', '127.0.0.1', '--port', port, '--otlp-http-port', otlpHttpPort, '--otlp-grpc-port', otlpGrpcPort, '--web-ui-port', 0, '--trace-uds-socket', socket];
  const agent = spawn(python, ['-c', 'from ddapm_test_agent.agent import main; main()', ...args.map(String)], { cwd: directory, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await end(agent);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ready(agent, `${url}/info`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, socketUrl: `unix://${socket}`, requests: () => readRequests(url), stop };
}

async function ready(agent: ChildProcess, url: string): Promise<void> {
  const end = performance.now() + LONGEST_START_MILLIS;
  for (;;) {
    if (agent.exitCode !== null) throw new Error(`the test agent ended with ${agent.exitCode}`);
    if (performance.now() > end) throw new Error(`the test agent is not ready after ${LONGEST_START_MILLIS} ms`);
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not listening yet.
    }
    await sleep(100);
  }
}

async function end(agent: ChildProcess): Promise<void> {
  if (agent.exitCode !== null || agent.signalCode !== null) return;
  const exited = once(agent, 'exit');
  agent.kill('SIGTERM');
  const timer = setTimeout(() => agent.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(timer);
}

interface StoredRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Base64. */
  readonly body: string;
}

async function readRequests(url: string): Promise<ReceivedRequest[]> {
  const stored = (await (await fetch(`${url}/test/session/requests`)).json()) as readonly StoredRequest[];
  return stored.toReversed().map(({ method, url: requestUrl, headers, body }) => ({
    method,
    path: new URL(requestUrl).pathname,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body, 'base64'),
  }));
}
