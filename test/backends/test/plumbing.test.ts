import { execFile, spawn } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cachedBinary, type BinaryRecipe } from '../src/binary-cache.ts';
import { startProcess } from '../src/child-process.ts';
import { findGo } from '../src/go-toolchain.ts';
import { startCaptureServer, startRecordingProxy } from '../src/http-recording.ts';
import { waitUntilReady } from '../src/readiness.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flamespan-plumbing-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const source = (file: string): string => pathToFileURL(fileURLToPath(new URL(`../src/${file}`, import.meta.url))).href;
const exists = (path: string): Promise<boolean> => access(path).then(() => true, () => false);
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 400; left > 0; left--) {
    if (await condition()) return;
    await sleep(100);
  }
  expect.fail(`not within 40 s: ${condition.toString()}`);
}

describe('processes', () => {
  test('are ended, and the data removed, when the test process is killed', async () => {
    const program = `
      const { startProcess } = await import(${JSON.stringify(source('child-process.ts'))});
      const { createTemporaryDirectory } = await import(${JSON.stringify(source('temporary-directory.ts'))});
      const { path } = await createTemporaryDirectory('crash');
      // A shell with a child of its own: what a process starts has to go too.
      const child = await startProcess({ name: 'sleep', command: 'sh', args: ['-c', 'sleep 600 & echo $!; wait'], cwd: path, logFile: path + '/log' });
      console.log(JSON.stringify({ path, pid: child.pid }));
      setInterval(() => {}, 1000);`;
    const victim = spawn(process.execPath, ['--input-type=module', '-e', program], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise<string>((resolve) => victim.stdout.once('data', (data) => resolve(String(data))));
    const { path, pid } = JSON.parse(line) as { path: string; pid: number };
    await eventually(async () => /\d/.test(await readFile(join(path, 'log'), 'utf8')));
    const grandchild = Number(await readFile(join(path, 'log'), 'utf8'));
    expect([alive(pid), alive(grandchild)]).toEqual([true, true]);

    process.kill(-victim.pid!, 'SIGKILL'); // as Ctrl-C in a terminal, which reaches the whole group

    await eventually(() => !alive(grandchild));
    await eventually(async () => !(await exists(path)));
    await eventually(() => !alive(pid));
  });

  test('that ignore SIGTERM are killed', async () => {
    const child = await startProcess({
      name: 'stubborn',
      command: process.execPath,
      args: ['-e', `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')`],
      cwd: directory,
      logFile: join(directory, 'log'),
    });
    await eventually(async () => (await child.log()).includes('up'));
    await child.stop(200);
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('that end instead of getting ready are reported with the end of their log', async () => {
    const child = await startProcess({
      name: 'Brief',
      command: process.execPath,
      args: ['-e', `console.error('no such port'); process.exit(3)`],
      cwd: directory,
      logFile: join(directory, 'log'),
    });
    await expect(waitUntilReady(child, 30_000, async () => false)).rejects.toThrow(/Brief ended while starting[^]*no such port/);
  });

  test('do not see telemetry settings of the developer', async () => {
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = 'http://elsewhere.invalid';
    try {
      const child = await startProcess({
        name: 'env',
        command: process.execPath,
        args: ['-p', `JSON.stringify([process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? null, process.env.OTEL_SERVICE_NAME])`],
        cwd: directory,
        env: { OTEL_SERVICE_NAME: 'given' },
        logFile: join(directory, 'log'),
      });
      await child.exited;
      expect(JSON.parse(await child.log())).toEqual([null, 'given']);
    } finally {
      delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
    }
  });
});

describe('the cache of binaries', () => {
  const recipe = (script: string, inputs: readonly string[]): BinaryRecipe => ({
    name: 'thing',
    title: 'Thing 1',
    firstBuild: 'an instant',
    inputs,
    command: ['sh', '-c', script],
    env: {},
    output: 'out',
  });

  test('builds once, also when two processes want it at the same time', async () => {
    const counter = join(directory, 'counter');
    const cache = join(directory, 'cache');
    // The build lasts until the other process waits for it.
    const waiting = join(directory, 'waiting');
    const program = `
      const { cachedBinary } = await import(${JSON.stringify(source('binary-cache.ts'))});
      const { writeFileSync } = await import('node:fs');
      const lines = [];
      const log = (line) => {
        lines.push(line);
        if (line.includes('Another process')) writeFileSync(${JSON.stringify(waiting)}, '');
      };
      const recipe = ${JSON.stringify(recipe(`echo run >> ${counter}; until [ -e ${waiting} ]; do sleep 0.1; done; echo built > out`, []))};
      const path = await cachedBinary(recipe, 'go1', { directory: ${JSON.stringify(cache)}, log });
      console.log(JSON.stringify({ path, lines }));
      process.exit();`;
    const run = promisify(execFile);
    const results = await Promise.all([1, 2].map(() => run(process.execPath, ['--input-type=module', '-e', program])));

    const [one, two] = results.map(({ stdout }) => JSON.parse(stdout) as { path: string; lines: string[] });
    expect(one!.path).toBe(two!.path);
    expect(await readFile(one!.path, 'utf8')).toBe('built\n');
    expect(await readFile(counter, 'utf8')).toBe('run\n');
    const lines = [...one!.lines, ...two!.lines];
    expect(lines.filter((line) => line.includes('Building Thing 1 from source, an instant'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('Another process is building Thing 1'))).toHaveLength(1);
  });

  test('builds again when an input, the command or Go changes', async () => {
    const input = join(directory, 'input');
    const build = async (script: string, goVersion: string): Promise<string> =>
      await cachedBinary(recipe(script, [input]), goVersion, { directory: join(directory, 'cache'), log: () => {} });
    await writeFile(input, 'a');
    const first = await build('cp input out', 'go1');
    expect(await build('cp input out', 'go1')).toBe(first);
    await writeFile(input, 'b');
    const second = await build('cp input out', 'go1');
    const paths = [first, second, await build('cp input out', 'go2'), await build('cp input ./out', 'go1')];
    expect(new Set(paths).size).toBe(4);
    expect(await readFile(first, 'utf8')).toBe('a');
    expect(await readFile(second, 'utf8')).toBe('b');
  });

  test('keeps nothing of a build that failed, and says how it failed', async () => {
    const cache = join(directory, 'cache');
    const failing = cachedBinary(recipe('echo half > out; echo compile error >&2; exit 2', []), 'go1', { directory: cache, log: () => {} });
    await expect(failing).rejects.toThrow(/Building Thing 1 failed with exit code 2[^]*compile error/);
    expect((await readdir(cache)).filter((name) => !name.endsWith('.lock'))).toEqual([]);
  });
});

describe('the recording proxy', () => {
  test('passes bytes and answers on unchanged, and records both', async () => {
    const target = await startCaptureServer();
    const proxy = await startRecordingProxy({ '/v1development/profiles': target.url });
    try {
      const body = Buffer.from([0, 255, 10, 13, 0]);
      const response = await fetch(`${proxy.url}/v1development/profiles`, { method: 'POST', body, headers: { 'content-type': 'application/x-protobuf', 'x-scope-orgid': 'a' } });
      expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, 'application/x-protobuf', '']);
      expect(proxy.requests).toMatchObject([{ path: '/v1development/profiles', status: 200, headers: { 'x-scope-orgid': 'a' } }]);
      expect(proxy.requests[0]!.body).toEqual(body);
      expect(target.requests[0]!.body).toEqual(body);
      expect(target.requests[0]!.headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'x-scope-orgid': 'a' });
    } finally {
      await proxy.close();
      await target.close();
    }
  });

  test('records what a failing server answers, and 502 when there is none', async () => {
    const server = createServer((request, response) => request.resume().on('end', () => response.writeHead(400).end('no')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const proxy = await startRecordingProxy({ '/a': url });
    try {
      expect((await fetch(`${proxy.url}/a`, { method: 'POST', body: 'x' })).status).toBe(400);
      await new Promise((resolve) => server.close(resolve));
      expect((await fetch(`${proxy.url}/a`, { method: 'POST', body: 'x' })).status).toBe(502);
      expect(proxy.requests.map(({ status, responseBody }) => [status, String(responseBody)])).toEqual([
        [400, 'no'],
        [502, expect.stringContaining('ECONNREFUSED')],
      ]);
    } finally {
      await proxy.close();
      server.close();
    }
  });
});

test('a machine without Go is told apart', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = directory;
  try {
    expect(await findGo(directory)).toEqual({ missing: 'there is no `go` in PATH' });
  } finally {
    process.env['PATH'] = path;
  }
});
