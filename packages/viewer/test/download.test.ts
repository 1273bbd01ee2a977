import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { createProfileBuilder, decodeOtlp, decodePprof, profilesDataFromJson, profilesFromProfilesData } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import { profileFromStacks } from '@flamespan/profile/testing';
import type { RunningViewer } from '@flamespan/viewer';
import { startViewer } from '@flamespan/viewer';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { callTreeAnswer } from '../src/queries/call-tree-answer.ts';
import { findChromium, launchChromium } from '../../../test/browser/src/chromium.ts';
import { drawProfile, drawSpans, id, ORIGIN, resource, TRACE } from './drawing.ts';

const run = promisify(execFile);
let viewer: RunningViewer;

function heapProfile(): Profile {
  const builder = createProfileBuilder();
  const stack = builder.stack(0, builder.location(builder.function(builder.string('parse'), builder.string('/app/parse.js'), 3), 3, 0, 0));
  builder.addHeapSample(stack, 2n, 2_048n);
  return builder.build({
    startTimeUnixNano: ORIGIN, durationNanos: 1_000_000_000n, resource: resource('shop'), scope: { name: 'test' }, thread: { id: 0, name: 'main' },
    linkScope: 'span', types: ['heap'], samplingIntervalNanos: 0n, heapIntervalBytes: 524_288n,
  });
}

beforeAll(async () => {
  viewer = await startViewer({ port: 0 });
  viewer.store.addSpans(drawSpans('1 - 0 100 GET /a\n2 1 10 60 SELECT'));
  viewer.store.addProfiles([
    drawProfile('20 10 9 1 GET_/a main;work@/app/work.js:7\n40 10 8 2 GET_/a main;query\n80 10 5 - - main'),
    drawProfile('1020 30 20 3 GET_/b main;work@/app/work.js:7', { window: [1_000, 2_000] }),
    heapProfile(),
  ]);
});
afterAll(() => viewer.close());

async function download(query: string): Promise<{ readonly name: string; readonly type: string; readonly body: Buffer }> {
  const response = await fetch(`${viewer.url}/api/download?${query}`);
  expect(response.status, await response.clone().text()).toBe(200);
  return {
    name: /^attachment; filename="([^"]+)"$/.exec(response.headers.get('content-disposition')!)![1]!,
    type: response.headers.get('content-type')!,
    body: Buffer.from(await response.arrayBuffer()),
  };
}

/** What a file says, a line for each sample. */
function linesOf(profiles: readonly Profile[]): string[] {
  return profiles.flatMap(({ samples, stacks, locations, functions, strings, spans }) => Array.from({ length: samples.length }, (_, i) => {
    const frames: string[] = [];
    for (let stack = samples.stack[i]!; stack !== 0; stack = stacks.parent[stack]!) frames.unshift(strings[functions.name[locations.function[stacks.location[stack]!]!]!]!);
    const span = samples.span[i]!;
    return `${Number(samples.timeUnixNano[i]! - ORIGIN) / 1e6} ${Number(samples.wallNanos[i]) / 1e6} ${Number(samples.cpuNanos[i]) / 1e6} ${spans.spanId[span]!.replace(/^0+/, '') || '-'} ${strings[spans.endpoint[span]!]! || '-'} ${frames.join(';')}`;
  })).sort();
}

const ALL = ['20 10 9 1 GET /a main;work', '40 10 8 2 GET /a main;query', '80 10 5 - - main', '1020 30 20 3 GET /b main;work'].sort();

describe('a download', () => {
  it('as pprof has the samples of all profiles in one', async () => {
    const { name, type, body } = await download('format=pprof');
    expect([name, type]).toEqual(['flamespan-shop-wall-2023_11_14T22_13_20.pb.gz', 'application/octet-stream']);
    const { profile } = decodePprof(gunzipSync(body));
    expect(linesOf([profile])).toEqual(ALL);
    expect([profile.startTimeUnixNano, profile.durationNanos, profile.samplingIntervalNanos]).toEqual([ORIGIN, 2_000_000_000n, 10_101_000n]);
  });

  it.each([
    ['format=pprof&endpoint=GET%20%2Fb', [ALL[0]!]],
    [`format=pprof&trace=${TRACE}&span=${id('1')}&scope=span`, ['20 10 9 1 GET /a main;work']],
    [`format=pprof&type=cpu&trace=${TRACE}&span=${id('1')}`, ['20 10 9 1 GET /a main;work', '40 10 8 2 GET /a main;query']],
    ['format=pprof&endpoint=', ['80 10 5 - - main']],
  ])('%s has the selected samples only', async (query, lines) => {
    expect(linesOf([decodePprof(gunzipSync((await download(query)).body)).profile])).toEqual(lines);
  });

  it('as OTLP, protobuf or JSON, has the profiles as they came', async () => {
    const otlp = await download('format=otlp');
    expect([otlp.name, otlp.type]).toEqual(['flamespan-shop-wall-2023_11_14T22_13_20.otlp', 'application/x-protobuf']);
    const { profiles } = decodeOtlp(otlp.body);
    expect(linesOf(profiles)).toEqual(ALL);
    expect(profiles.map(({ resource: { attributes } }) => attributes['service.name'])).toEqual(profiles.map(() => 'shop'));
    const json = await download('format=json');
    expect([json.name, json.type]).toEqual(['flamespan-shop-wall-2023_11_14T22_13_20.json', 'application/json']);
    expect(linesOf(profilesFromProfilesData(profilesDataFromJson(json.body.toString())).profiles)).toEqual(ALL);
  });

  it('of what is in use has the last window of each thread, as the page has, and of allocations all', async () => {
    const other = await startViewer({ port: 0 });
    onTestFinished(() => other.close());
    const window = (n: number, thread: number, text: string): Profile => profileFromStacks(text, { startTimeUnixNano: ORIGIN + BigInt(n) * 60_000_000_000n, thread: { id: thread, name: '' } });
    other.store.addProfiles([
      window(0, 0, 'main;cache 4 objects 1000 bytes 9 allocated 4000 allocated-bytes\nmain;gone 1 objects 10 bytes 1 allocated 10 allocated-bytes'),
      window(1, 0, 'main;cache 6 objects 1500 bytes 5 allocated 2000 allocated-bytes'),
      window(0, 1, 'main;list 2 objects 300 bytes 2 allocated 300 allocated-bytes'),
    ]);
    for (const [type, total] of [['inuse_space', 1_800], ['inuse_objects', 8], ['alloc_space', 6_310], ['alloc_objects', 17]] as const) {
      const { profile: { heapSamples } } = decodePprof(gunzipSync(Buffer.from(await (await fetch(`${other.url}/api/download?format=pprof&type=${type}`)).arrayBuffer())));
      const sums = { inuse_space: heapSamples.bytes, inuse_objects: heapSamples.objects, alloc_space: heapSamples.allocatedBytes, alloc_objects: heapSamples.allocatedObjects };
      expect(Number(sums[type].reduce((sum, value) => sum + value, 0n)), type).toBe(total);
      expect(callTreeAnswer(other.store, { type }).total, type).toBe(total);
    }
    // There windows stay apart.
    const otlp = decodeOtlp(Buffer.from(await (await fetch(`${other.url}/api/download?format=otlp&type=inuse_space`)).arrayBuffer()));
    expect(otlp.profiles.map(({ heapSamples: { bytes } }) => bytes.reduce((sum, value) => sum + value, 0n))).toEqual([1_010n, 1_500n, 300n]);
  });

  it('of the heap has the heap', async () => {
    const { profile } = decodePprof(gunzipSync((await download('format=pprof&type=inuse_space')).body));
    expect([profile.heapSamples.length, profile.heapSamples.bytes[0], profile.samples.length]).toEqual([1, 2_048n, 0]);
  });

  it('can be sent to a viewer again', async () => {
    const other = await startViewer({ port: 0 });
    onTestFinished(() => other.close());
    const { body, type } = await download('format=otlp');
    expect((await fetch(`${other.url}/v1development/profiles`, { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) })).status).toBe(200);
    expect(other.store.stats()).toMatchObject({ samples: 4, linkedSamples: 3 });
  });

  it('has a name that every system takes', async () => {
    viewer.store.addProfiles([drawProfile('10020 10 9 1 GET_/a main', { service: '../"\r\n€ evil', window: [10_000, 11_000] })]);
    const { name } = await download(`format=pprof&service=${encodeURIComponent('../"\r\n€ evil')}`);
    expect(name).toBe('flamespan-.._evil-wall-2023_11_14T22_13_30.pb.gz');
  });
});

function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Skipped: go tool pprof opens the download, and Go is not installed');
    return false;
  }
}

describe.skipIf(!hasGo())('go tool pprof', () => {
  it('opens the download', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'flamespan-download-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'profile.pb.gz');
    writeFileSync(file, (await download('format=pprof&service=shop')).body);
    const { stdout } = await run('go', ['tool', 'pprof', '-top', '-unit=ms', file], { env: { ...process.env, PPROF_TMPDIR: directory } });
    expect(stdout).toContain('Type: wall');
    expect(stdout).toMatch(/ 40ms +66\.67%.* work/);
  });
});

describe('speedscope files', () => {
  it('have the chosen type alone', async () => {
    const weights = async (query: string): Promise<readonly [string, string, number]> => {
      const { name, body } = await download(`format=speedscope&${query}`);
      const { profiles: [{ unit, endValue }] } = JSON.parse(body.toString()) as { profiles: [{ unit: string; endValue: number }] };
      return [name.replace(/^.*(?=\.speedscope)/, ''), unit, endValue];
    };
    expect(await weights('type=wall&service=shop&endpoint=GET+/a')).toEqual(['.speedscope.json', 'nanoseconds', 20e6]);
    expect(await weights('type=cpu&service=shop&endpoint=GET+/a')).toEqual(['.speedscope.json', 'nanoseconds', 17e6]);
    expect(await weights('type=inuse_space')).toEqual(['.speedscope.json', 'bytes', 2_048]);
  });
});

const hasChromium = findChromium() !== undefined;
if (!hasChromium) console.warn('Skipped: speedscope runs in a browser, and there is no chromium');

describe.skipIf(!hasChromium)('speedscope', () => {
  it('is served, and opens what is selected', async () => {
    await run(process.execPath, [new URL('../scripts/build-page.ts', import.meta.url).pathname, '--if-stale', '--only-speedscope']);
    const own = await startViewer({ port: 0 });
    onTestFinished(() => own.close());
    own.store.addProfiles([...viewer.store.profiles()].map(({ profile }) => profile).filter(({ resource: { attributes } }) => attributes['service.name'] === 'shop'));
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    const foreign: string[] = [];
    page.on('request', (request) => !request.url().startsWith(own.url) && !request.url().startsWith('data:') && !request.url().startsWith('blob:') && foreign.push(request.url()));
    const profile = '/api/download?format=pprof&endpoint=GET%20%2Fa';
    await page.goto(`${own.url}/speedscope/#profileURL=${encodeURIComponent(profile)}&title=${encodeURIComponent('GET /a')}`);
    // The table of functions is the one view that is not drawn on a canvas.
    await page.getByText('Sandwich').click();
    await page.getByText('main', { exact: true }).first().waitFor();
    expect((await page.locator('tr').allInnerTexts()).map((row) => row.replaceAll(/\s+/g, ' ').trim()).filter((row) => row.includes('%'))).toEqual([
      '10.00ms (50%) 10.00ms (50%) query', '10.00ms (50%) 10.00ms (50%) work', '20.00ms (100%) 0.00ns (<0.01%) main',
    ]);
    expect(faults).toEqual([]);
    expect(foreign).toEqual([]);
  });
});
