import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTemporaryDirectory, type TemporaryDirectory } from '../../backends/src/temporary-directory.ts';
import { processesOf, startDemo, type DemoProcess } from '../src/demo-process.ts';

// Each starts up to four processes, and may have to build the viewer's page first.
vi.setConfig({ testTimeout: 150_000 });

const isLinux = process.platform === 'linux';

let directory: TemporaryDirectory;
let demo: DemoProcess | undefined;

beforeAll(async () => {
  directory = await createTemporaryDirectory('demo');
});
afterEach(async () => {
  await demo?.stop();
  demo = undefined;
});
afterAll(() => directory.remove());

async function start(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<DemoProcess> {
  return (demo = await startDemo(directory.path, args, env));
}

async function runToEnd(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<{ code: number | null; log: string }> {
  const started = await start(args, env);
  const { code } = await started.exited;
  return { code, log: await started.log() };
}

async function waitForLog(started: DemoProcess, pattern: RegExp): Promise<RegExpExecArray> {
  await expect.poll(() => started.log(), { timeout: 60_000, interval: 100 }).toMatch(pattern);
  return pattern.exec(await started.log())!;
}

describe('demo --once', () => {
  test('prints the report with the endpoints by their templates, and ends', async () => {
    const { code, log } = await runToEnd(['express', '--once', '--seconds', '4']);
    expect(log).toMatch(/4\/4 s +\d+ traces +\d+ samples, [1-9]\d* linked to spans/);
    const report = log.slice(log.indexOf('unexpected'));
    expect(report).toMatch(/GET \/orders\/:id.*\n(.*\n)*.*CPU/);
    for (const endpoint of ['GET /products/sorted', 'POST /login', 'GET /baskets/:id/price']) expect(report).toContain(endpoint);
    expect(log).not.toContain('did not end in order');
    expect(code, log).toBe(0);
    expect(isLinux ? await processesOf(demo!.runId) : []).toEqual([]);
  });

  test('grpc shows both services in one trace, and ends', async () => {
    const { code, log } = await runToEnd(['grpc', '--once', '--seconds', '4']);
    expect(log).toMatch(/4\/4 s +\d+ traces +\d+ samples, [1-9]\d* linked to spans/);
    const [endpoints = '', slowestTrace = ''] = log.slice(log.indexOf('TOP ENDPOINTS')).split('SLOWEST TRACE');
    expect(endpoints).toMatch(/shop\.Cart\/\w+ +shop-cart +[1-9]/);
    expect(endpoints).toMatch(/(GET|POST) \/\S+ +shop-front +[1-9]/);
    // Long names are shortened in the middle.
    expect(slowestTrace).toMatch(/^shop-front: \S.*\n(.*\n)* +grpc\.shop\.Cart\/(.*\n)* +shop-cart: /m);
    expect(log).not.toContain('did not end in order');
    expect(code, log).toBe(0);
    expect(isLinux ? await processesOf(demo!.runId) : []).toEqual([]);
  });

  test('fails and says what to check when no sample was linked', async () => {
    const disableSdk = `--import data:text/javascript,process.env.OTEL_SDK_DISABLED='true'`;
    const { code, log } = await runToEnd(['--once', '--seconds', '1'], { NODE_OPTIONS: disableSdk });
    expect(log).toContain('No sample was linked to a span (0 samples, 0 spans received)');
    expect(log).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
    expect(code, log).toBe(1);
  });
});

describe('a port that is taken', () => {
  let occupant: Server;
  let port: string;

  beforeAll(async () => {
    occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    port = String((occupant.address() as AddressInfo).port);
  });
  afterAll(() => {
    occupant.close();
  });

  test.each([
    { option: '--port', user: 'the viewer' },
    { option: '--app-port', user: 'the express example' },
  ])('is named with the option $option that changes it', async ({ option, user }) => {
    const { code, log } = await runToEnd(['--once', '--seconds', '1', option, port]);
    expect(log.trim().split('\n'), log).toHaveLength(1);
    expect(log).toContain(`Port ${port}, where ${user} would listen, is taken`);
    expect(log).toContain(`with ${option},`);
    expect(code).toBe(1);
    expect(isLinux ? await processesOf(demo!.runId) : []).toEqual([]);
  });
});

describe('the command line', () => {
  test('an unknown example is answered with those that exist', async () => {
    const { code, log } = await runToEnd(['fastify']);
    expect(log).toMatch(/There is no example "fastify"\. These exist:\n +express +\S.*\n +grpc +\S/);
    expect(code).toBe(1);
  });

  test.each([
    { args: ['--seconds', 'soon'], message: '--seconds must be a whole number from 1 to 3600, not "soon"' },
    { args: ['--port', '65536'], message: '--port must be a whole number from 0 to 65535, not "65536"' },
    { args: ['--app-port='], message: '--app-port must be a whole number' },
    { args: ['express', 'express'], message: 'One example at a time' },
    { args: ['--twice'], message: 'Usage: ' },
  ])('$args is refused', async ({ args, message }) => {
    const { code, log } = await runToEnd(args);
    expect(log).toContain(message);
    expect(code).toBe(1);
  });

  test('--help names every option and example', async () => {
    const { code, log } = await runToEnd(['--help']);
    for (const word of ['--once', '--port', '--app-port', '--seconds', 'express', 'grpc']) expect(log).toContain(word);
    expect(code).toBe(0);
  });
});

// Processes are found through /proc.
describe.runIf(isLinux)('nothing is left running', () => {
  const isServer = ({ commandLine }: { commandLine: string }): boolean => commandLine.includes('src/server.ts');
  const isFront = ({ commandLine }: { commandLine: string }): boolean => commandLine.includes('src/front.ts');
  const isLoad = ({ commandLine }: { commandLine: string }): boolean => commandLine.includes('src/load.ts');

  async function startLoaded(example: 'express' | 'grpc' = 'express'): Promise<DemoProcess> {
    const started = await start([example, '--seconds', '60']);
    await waitForLog(started, /sending it requests/);
    const isExpected = (running: { commandLine: string }): boolean => isServer(running) || isFront(running) || isLoad(running);
    await expect.poll(async () => (await processesOf(started.runId)).filter(isExpected).length, { timeout: 30_000 }).toBe(example === 'grpc' ? 3 : 2);
    return started;
  }

  test.each([
    { example: 'express', signal: 'SIGINT', expectedCode: 130 },
    { example: 'express', signal: 'SIGTERM', expectedCode: 143 },
    { example: 'grpc', signal: 'SIGINT', expectedCode: 130 },
  ] as const)('of $example after $signal under load', async ({ example, signal, expectedCode }) => {
    const started = await startLoaded(example);
    process.kill(started.pid, signal);
    const { code } = await started.exited;
    expect(code, await started.log()).toBe(expectedCode);
    expect(await processesOf(started.runId)).toEqual([]);
  });

  test('after SIGKILL under load', async () => {
    const { pid, exited, runId } = await startLoaded();
    process.kill(pid, 'SIGKILL');
    await exited;
    await expect.poll(() => processesOf(runId), { timeout: 30_000 }).toEqual([]);
  });

  test('after the example crashed, whose last lines are shown', async () => {
    const started = await startLoaded();
    const server = (await processesOf(started.runId)).find(isServer)!;
    process.kill(server.pid, 'SIGKILL');
    const { code } = await started.exited;
    expect(await started.log()).toContain('The express example ended with signal SIGKILL. Its last lines:\n  | listening on http://127.0.0.1:');
    expect(code).toBe(1);
    expect(await processesOf(started.runId)).toEqual([]);
  });

  test('after one of two services crashed, which is named', async () => {
    const started = await startLoaded('grpc');
    process.kill((await processesOf(started.runId)).find(isServer)!.pid, 'SIGKILL');
    const { code } = await started.exited;
    expect(await started.log()).toContain("The grpc example's shop-cart ended with signal SIGKILL. Its last lines:\n  | listening on 127.0.0.1:");
    expect(code).toBe(1);
    expect(await processesOf(started.runId)).toEqual([]);
  });

  test('after Ctrl-C while the services start', async () => {
    const started = await start(['grpc', '--seconds', '60']);
    await expect.poll(async () => (await processesOf(started.runId)).some(isServer), { timeout: 60_000, interval: 20 }).toBe(true);
    process.kill(started.pid, 'SIGINT');
    expect((await started.exited).code, await started.log()).toBe(130);
    expect(await processesOf(started.runId)).toEqual([]);
  });

  test('after Ctrl-C in the viewer, which serves on until then', async () => {
    const started = await start(['--seconds', '2']);
    const [, url] = await waitForLog(started, /goes on listening on (http:\S+)\./);
    expect((await processesOf(started.runId)).map(({ pid }) => pid)).toEqual([started.pid]);
    expect((await fetch(url!)).status).toBe(200);
    const traceUrl = /^ +(http:\S+\/trace\/[0-9a-f]{32}) +the slowest trace$/m.exec(await started.log())![1]!;
    expect(await (await fetch(traceUrl.replace('/trace/', '/api/trace?trace='))).json()).toMatchObject({ samples: expect.any(Number) as number });
    process.kill(started.pid, 'SIGINT');
    expect(await started.exited).toEqual({ code: 0, signal: null });
    await expect(fetch(url!)).rejects.toThrow('fetch failed');
  });
});
