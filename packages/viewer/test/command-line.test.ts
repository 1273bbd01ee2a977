import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeOtlp, encodePprof, writeOtlpFile } from '@flamespan/profile';
import { startViewer } from '@flamespan/viewer';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readCommandLine } from '../src/cli/command-line.ts';
import { VERSION } from '../src/version.ts';
import { unusedPort } from '../../../test/exporting/src/unused-port.ts';
import { drawProfile, drawSpans } from './drawing.ts';
import { jsonSpan, jsonTraces } from './json-traces.ts';

const main = new URL('../src/cli/main.ts', import.meta.url).pathname;

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

function start(args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, ['--conditions=@flamespan/source', main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: undefined, ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, output: () => text, exited };
}

async function run(args: readonly string[]): Promise<{ code: number | null; text: string }> {
  const { output, exited } = start(args);
  const { code } = await exited;
  return { code, text: output() };
}

async function greeted(running: Running): Promise<string> {
  await expect.poll(running.output, { timeout: 40_000, interval: 20 }).toContain('Ctrl-C ends it');
  return /^Flamespan viewer \S+: (http:\S+)$/m.exec(running.output())![1]!;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flamespan-cli-'));
  writeFileSync(join(folder, 'traces.json'), jsonTraces([jsonSpan({ attributes: [{ key: 'http.route', value: { stringValue: '/a' } }] })]));
  writeFileSync(join(folder, 'profile.otlp'), writeOtlpFile([encodeOtlp(drawProfile('10 10 9 1 GET_/a main;work@/app/work.js:7'))]));
  writeFileSync(join(folder, 'broken.otlp'), 'OTLP\u0001');
});
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

describe('flamespan-viewer', () => {
  it('serves with the lines to paste, and ends with Ctrl-C', async () => {
    const running = start(['--port', '0', '--grpc-port', '0']);
    const url = await greeted(running);
    const { endpoints } = await (await fetch(`${url}/api/state`)).json() as { endpoints: { http: string; grpc: string } };
    expect(running.output()).toContain(`\n  export OTEL_EXPORTER_OTLP_ENDPOINT=${endpoints.http}\n`);
    expect(running.output()).toContain(`\n  export OTEL_EXPORTER_OTLP_ENDPOINT=${endpoints.grpc}\n`);
    // A page that listens holds nothing up.
    const events = await fetch(`${url}/api/events`);
    running.child.kill('SIGINT');
    expect(await running.exited).toEqual({ code: 0, signal: null });
    await events.text().catch(() => '');
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('opens files, whole processes of them', async () => {
    const running = start(['--port=0', '--grpc-port=none', '--max-memory', '64MiB', path('traces.json'), path('profile.otlp')]);
    const url = await greeted(running);
    expect(running.output()).toContain('Opened 2 files: 1 trace with 1 span, 1 profile with 1 sample\n');
    expect(running.output()).not.toContain('gRPC');
    expect(await (await fetch(`${url}/api/state`)).json()).toMatchObject({ traces: 1, profiles: 1, maxBytes: 64 * 1024 ** 2, endpoints: { grpc: null } });
    running.child.kill('SIGTERM');
    expect(await running.exited).toEqual({ code: 0, signal: null });
  });

  it('says which files it leaves out, since others have all of them', async () => {
    const stem = 'flamespan-shop-20261121T111213.000Z-17-0123abcd-1';
    const profile = drawProfile('10 10 9 1 GET_/a main;work@/app/work.js:7');
    writeFileSync(path(`${stem}.otlp`), writeOtlpFile([encodeOtlp(profile)]));
    writeFileSync(path(`${stem}-wall.pb.gz`), gzipSync(encodePprof(profile, { part: 'timed' })!));
    const running = start(['--port=0', '--grpc-port=none', path(`${stem}-wall.pb.gz`), path(`${stem}.otlp`)]);
    await greeted(running);
    expect(running.output()).toContain(`Opened ${path(`${stem}.otlp`)}: 0 traces with 0 spans, 1 profile with 1 sample\nLeft out 1 pprof file: the .otlp file of the same name has all of it\n`);
  });

  it('starts again on the port that it had', async () => {
    const port = String(await unusedPort());
    const first = start(['--port', port, '--grpc-port', '0']);
    await greeted(first);
    const held = await fetch(`http://127.0.0.1:${port}/api/events`);
    first.child.kill('SIGINT');
    await first.exited;
    await held.text().catch(() => '');
    const second = start(['--port', port, '--grpc-port', '0']);
    expect(new URL(await greeted(second)).port).toBe(port);
  });

  it('says what to do where its port is taken, and does without gRPC where that one is', async () => {
    const occupant = createTcpServer().listen(0, '127.0.0.1');
    onTestFinished(() => void occupant.close());
    await new Promise((resolve) => {
      occupant.once('listening', resolve);
    });
    const { port } = occupant.address() as AddressInfo;
    const { code, text } = await run(['--port', String(port), '--grpc-port', 'none']);
    expect([code, text]).toEqual([1, `Port ${port} is taken, perhaps by a Collector or another viewer. Stop that, or choose another one with --port, 0 for any, and point OTEL_EXPORTER_OTLP_ENDPOINT there.\n`]);
    const running = start(['--port', '0', '--grpc-port', String(port)]);
    await greeted(running);
    expect(running.output()).toContain(`\nWithout gRPC: port ${port} is taken by another process, so that OTLP/gRPC is not received; OTLP/HTTP is\n`);
  });

  it('serves nothing of files one of which cannot be opened', async () => {
    const { code, text } = await run(['--port', '0', path('traces.json'), path('broken.otlp')]);
    expect([code, text]).toEqual([1, expect.stringMatching(/^\S+broken\.otlp is not a valid \.otlp file: .*\n$/)]);
  });

  it('prints its version and its help', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, text: `${VERSION}\n` });
    const { code, text } = await run(['--help']);
    expect(code).toBe(0);
    for (const word of ['--port', '--grpc-port', '--max-memory', '--open', '--version', '--help', '--width', 'flamespan report', '4318', '4317', '256MiB']) expect(text).toContain(word);
  });

  it.each([
    [['--prot', '1'], 'Unknown option'],
    [['--port', '65536'], '--port must be a whole number from 0 to 65535, not "65536"'],
    [['--port='], '--port must be a whole number'],
    [['--grpc-port', 'off'], '--grpc-port must be a whole number'],
    [['--max-memory', '512'], '--max-memory must be a size of at least 1MiB, such as 512MiB or 2GiB, not "512"'],
    [['--max-memory', '0.5MiB'], 'at least 1MiB'],
    [['--width', '100'], '--width is an option of flamespan report'],
    [['report', '--port', '1'], '--port is an option of flamespan-viewer'],
    [['report', '--width', '10'], '--width must be a whole number from 80 to 240'],
  ])('does not understand %j', (args, message) => {
    expect(() => readCommandLine(args)).toThrow(expect.objectContaining({ name: 'CliError', exitCode: 2, message: expect.stringContaining(message) as string }));
  });

  it('says so, and where there is help', async () => {
    expect(await run(['--prot', '1'])).toEqual({ code: 2, text: expect.stringMatching(/^Unknown option '--prot'.*\nflamespan-viewer --help says what there is\.\n$/) as string });
    expect(await run(['report', 'http://127.0.0.1:1', 'file'])).toEqual({ code: 2, text: 'One address at a time, and no files beside it\n' });
  });
});

describe('flamespan report', () => {
  it('prints the report of files, without colours where nobody sees them', async () => {
    const { code, text } = await run(['report', path('traces.json'), path('profile.otlp'), '--width', '90']);
    expect(text).toMatch(/^TOP ENDPOINTS[\s\S]*GET \/a[\s\S]*SLOWEST TRACE/);
    expect(text).not.toContain('\u001B');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(90);
    expect(code).toBe(0);
  });

  it('prints the report of a running viewer', async () => {
    const viewer = await startViewer({ port: 0 });
    onTestFinished(() => viewer.close());
    viewer.store.addSpans(drawSpans('1 - 0 100 GET /a'));
    viewer.store.addProfiles([drawProfile('10 10 9 1 GET_/a main;work'), drawProfile('10 10 9 - GET_/b main;work', { service: 'other' })]);
    const all = await run(['report', viewer.url]);
    expect(all).toMatchObject({ code: 0, text: expect.stringMatching(/GET \/a[\s\S]*SLOWEST TRACE/) as string });
    expect(all.text).toContain('GET /b');
    expect((await run(['report', `${viewer.url}/report`, '--service', 'shop', '--endpoint', 'GET /none'])).text).toMatch(/^(?![\s\S]*GET \/b)[\s\S]*No trace of GET \/none in shop is held/);
    // As it stands in the browser's address bar.
    for (const address of [`${viewer.url}/traces`, `${viewer.url}/endpoints?service=other&endpoint=GET+%2Fb#x`]) expect(await run(['report', address])).toEqual(all);
  });

  it('takes colours and width from the terminal', async () => {
    const viewer = await startViewer({ port: 0 });
    onTestFinished(() => viewer.close());
    viewer.store.addProfiles([drawProfile('10 10 9 1 GET_/a main;work')]);
    // As a terminal would look to it.
    const terminal = `data:text/javascript,${encodeURIComponent("Object.assign(process.stdout, { isTTY: true, columns: 120, hasColors: () => process.env.NO_COLOR === undefined });")}`;
    const colored = start(['report', viewer.url], { NODE_OPTIONS: `--import ${terminal}` });
    await colored.exited;
    expect(colored.output()).toContain('\u001B[');
    expect(colored.output()).toMatch(/^.{105,}$/m);
    const plain = start(['report', viewer.url], { NODE_OPTIONS: `--import ${terminal}`, NO_COLOR: '1' });
    await plain.exited;
    expect(plain.output()).not.toContain('\u001B[');
  });

  it('says what to do where no viewer answers, or something else does', async () => {
    const other = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>\u001B]0;title\u0007hello')).listen(0, '127.0.0.1');
    onTestFinished(() => {
      other.closeAllConnections();
      other.close();
    });
    await new Promise((resolve) => {
      other.once('listening', resolve);
    });
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, text } = await run(['report', url]);
    expect([code, text]).toEqual([1, `What answers at ${url} is no viewer: 200 text/html. <p>]0;titlehello\n`]);
    const gone = await run(['report', 'http://127.0.0.1:9']);
    expect(gone).toEqual({ code: 1, text: expect.stringMatching(/^No viewer answers at http:\/\/127\.0\.0\.1:9 \(.+\)\. Start one with flamespan-viewer, or name a file\.\n$/) as string });
    expect(await run(['report', path('none.otlp')])).toMatchObject({ code: 1, text: expect.stringContaining('there is no such file') as string });
  });

  it('stops quietly when its reader does', async () => {
    const running = start(['report', path('profile.otlp')]);
    running.child.stdout!.destroy();
    expect(await running.exited).toEqual({ code: 0, signal: null });
    expect(running.output()).toBe('');
  });
});
