import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunningViewer } from '@flamespan/viewer';
import { startViewer } from '@flamespan/viewer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from './requests.ts';
import { ask } from './requests.ts';

let folder: string;
let viewer: RunningViewer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flamespan-page-'));
  const page = join(folder, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(page, 'assets/index-Ab12.js'), 'export {};');
  writeFileSync(join(page, 'logo.svg'), '<svg/>');
  writeFileSync(join(page, 'notes.sh'), 'not served');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  viewer = await startViewer({ port: 0, pageDirectory: pathToFileURL(`${page}/`) });
  // What comes after the start is not served.
  writeFileSync(join(page, 'late.js'), 'late');
});
afterAll(async () => {
  await viewer.close();
  rmSync(folder, { recursive: true });
});

const fetchPath = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> => ask(viewer.port, method, path, headers);

describe('the page', () => {
  it.each(['/', '/traces', '/traces?service=a', '/trace/4bf92f3577b34da6a3ce929d0e0e4736?span=1', '/endpoints', '/profiles', '/diff', '/index.html'])('is at %s', async (path) => {
    const { status, headers, body } = await fetchPath(path);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
    expect(body.toString()).toContain('<title>page</title>');
  });

  it('has files whose names change with their content, which are kept, and others, which are asked for again', async () => {
    expect(await fetchPath('/assets/index-Ab12.js')).toMatchObject({ status: 200, headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable' } });
    const logo = await fetchPath('/logo.svg');
    expect(logo).toMatchObject({ status: 200, headers: { 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' } });
    expect(await fetchPath('/logo.svg', { 'if-none-match': String(logo.headers['etag']) })).toMatchObject({ status: 304, body: Buffer.alloc(0) });
    expect(await fetchPath('/logo.svg', { 'if-none-match': '"other"' })).toMatchObject({ status: 200 });
  });

  it('answers HEAD without a body', async () => {
    expect(await fetchPath('/logo.svg', {}, 'HEAD')).toMatchObject({ status: 200, headers: { 'content-length': '6' }, body: Buffer.alloc(0) });
  });

  it.each([
    '/../secret.txt', '/assets/../../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..\\..\\secret.txt', '//secret.txt', '/./index.html', '/assets/',
    '/assets', '/notes.sh', '/late.js', '/INDEX.HTML', '/index.html/', '/trace/', '/trace/a/b', '/traces/', '/speedscope/../index.html', '/speedscope', '/constructor', '/__proto__', '/index.html%00', '*',
  ])('is not at %s', async (path) => {
    const { status, body } = await fetchPath(path);
    expect(status).toBe(404);
    expect(body.toString()).not.toMatch(/secret"|<title>/);
  });

  it('takes no POST', async () => {
    expect(await fetchPath('/traces', {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});

describe('security headers', () => {
  it.each<[string, string, string, Record<string, string>]>([
    ['the page', 'GET', '/', {}], ['a file', 'GET', '/logo.svg', {}], ['the API', 'GET', '/api/state', {}], ['the report', 'GET', '/report', {}],
    ['nothing', 'GET', '/nothing', {}], ['a wrong question', 'GET', '/api/trace', {}], ['a wrong method', 'DELETE', '/', {}],
    ['a foreign Host', 'GET', '/', { host: 'evil.example' }], ['a telemetry request', 'POST', '/v1/traces', { 'content-type': 'application/json' }],
    ['events', 'HEAD', '/api/events', {}],
  ])('are on the answer to %s', async (_what, method, path, headers) => {
    const answer = await fetchPath(path, headers, method);
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-resource-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin' });
    const policy = String(answer.headers['content-security-policy']);
    expect(policy.split('; ')).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]));
    expect(policy).not.toContain('unsafe');
  });
});

describe('another web page', () => {
  it.each([
    ['a script or an image', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['a script, from another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['a link', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 200],
    ['nothing: the page itself', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 200],
    ['nothing: the address was typed', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, 200],
  ])('may have %s', async (_what, headers, status) => {
    for (const path of ['/', '/logo.svg', '/api/state']) expect((await fetchPath(path, headers)).status).toBe(status);
  });
});
