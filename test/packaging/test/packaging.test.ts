import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Consumer } from '../src/consumer.ts';
import { createConsumer } from '../src/consumer.ts';

const packages = readdirSync(new URL('../../../packages', import.meta.url), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
/** The viewer is a program: it publishes its files as they are compiled. */
const bundled = packages.filter((name) => name !== 'viewer');
let consumer: Consumer;

beforeAll(async () => {
  consumer = await createConsumer(packages);
}, 300_000);
afterAll(() => consumer?.[Symbol.asyncDispose]());

const program = `
const profiles = [];
const exporter = { export(profile, done) { profiles.push(profile); done({ code: 0 }); }, shutdown: async () => {} };
const processor = new ProfilingSpanProcessor({ exporter });
const sdk = new NodeSDK({ spanProcessors: [processor], autoDetectResources: false, instrumentations: [] });
sdk.start();
new OTLPProfileExporter();
setTimeout(() => {
  trace.getTracer('app').startActiveSpan('work', (span) => {
    // By the CPU: while the process does not run no samples are taken.
    const before = process.cpuUsage();
    while (process.cpuUsage(before).user < 500_000) for (let i = 0; i < 100_000; i++) Math.sqrt(i);
    span.end();
  });
  sdk.shutdown().then(() => {
    const [{ samples, spans }] = profiles;
    console.log(samples.span.some((span) => spans.spanId[span] !== '') ? 'linked' : 'not linked');
  });
}, 20);`;

test('an ES module imports the packages as they are published', async () => {
  const output = await consumer.node('app.mjs', `
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import { OTLPProfileExporter } from '@flamespan/exporter-otlp-http';
${program}`);
  expect(output).toBe('linked\n');
});

test('a CommonJS module requires them', async () => {
  const output = await consumer.node('app.cjs', `
const { trace } = require('@opentelemetry/api');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { ProfilingSpanProcessor } = require('@flamespan/span-processor');
const { OTLPProfileExporter } = require('@flamespan/exporter-otlp-http');
${program}`);
  expect(output).toBe('linked\n');
});

test.each([
  ['ES modules', 'user.mts', { module: 'nodenext' }],
  ['CommonJS', 'user.cts', { module: 'nodenext' }],
  ['the README\'s advice for CommonJS', 'user.cts', { module: 'node20' }],
])('the README\'s code type-checks in %s', async (_, fileName, compilerOptions) => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const diff = /```diff\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const code = diff.split('\n').filter((line) => !line.startsWith('-')).map((line) => line.slice(1)).join('\n');
  expect(code).toContain('new ProfilingSpanProcessor');
  expect(await consumer.typecheck(fileName, code, compilerOptions)).toBe('');
});

/** What it prints until it ends, or until `pattern` is in it. */
function output(child: ChildProcess, pattern?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern?.test(text) === true) resolve(text);
    });
    child.once('close', () => resolve(text));
  });
}

test('the commands of the viewer run, and are one program, which npx needs', async () => {
  const { bin } = await consumer.manifest('viewer');
  expect(Object.keys(bin ?? {})).toEqual(['flamespan-viewer', 'flamespan']);
  expect(new Set(Object.values(bin ?? {})).size).toBe(1);
  expect(await output(consumer.start('viewer', 'flamespan-viewer', '--version'))).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await output(consumer.start('viewer', 'flamespan', 'report', '--help'))).toContain('flamespan report');
});

test('the published viewer has its page, speedscope and gRPC', async () => {
  const viewer = consumer.start('viewer', 'flamespan-viewer', '--port', '0', '--grpc-port', '0');
  const ended = once(viewer, 'close');
  try {
    const text = await output(viewer, /Ctrl-C/);
    const url = /^Flamespan viewer \S+: (http:\S+)$/m.exec(text)?.[1] ?? '';
    const page = await (await fetch(url)).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
    expect((await fetch(url + script)).headers.get('content-type')).toContain('javascript');
    expect(await (await fetch(`${url}/speedscope/`)).text()).toContain('<title>speedscope</title>');
    expect(await (await fetch(`${url}/api/state`)).json()).toMatchObject({ endpoints: { grpc: expect.stringMatching(/^http:/) as string } });
  } finally {
    viewer.kill('SIGINT');
  }
  expect(await ended).toEqual([0, null]);
});

test.each(bundled)('%s publishes a file for each entry, and at most one that they share', async (name) => {
  const { exports } = await consumer.manifest(name);
  const entries = Object.values(exports).flatMap(({ default: entry }) => (entry === undefined ? [] : [entry]));
  const scripts = await consumer.scripts(name);
  expect(scripts.filter((script) => !script.endsWith('/shared.js')).toSorted()).toEqual(entries.toSorted());
  expect(scripts.length).toBeLessThanOrEqual(entries.length + 1);
});

test.each(bundled)('%s has nothing of another package in its files, and each source once', async (name) => {
  const sources = await consumer.bundledSources(name);
  expect(sources).not.toEqual([]);
  expect(sources.filter((source) => !source.startsWith('src/'))).toEqual([]);
  expect(new Set(sources).size).toBe(sources.length);
});

test.each(packages)('%s publishes built files only, and exact versions of its siblings', async (name) => {
  const { exports, dependencies = {} } = await consumer.manifest(name);
  expect(JSON.stringify(exports)).not.toContain('@flamespan/source');
  const targets = Object.entries(exports).filter(([subpath]) => subpath !== './package.json').map(([, conditions]) => conditions['default']);
  expect(targets.filter((target) => !target?.startsWith('./dist/'))).toEqual([]);
  const siblings = Object.entries(dependencies).filter(([dependency]) => dependency.startsWith('@flamespan/'));
  expect(siblings.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
