import type { Profile, ProfileBuilder } from '@flamespan/profile';
import { createProfileBuilder } from '@flamespan/profile';
import protobuf from 'protobufjs/minimal.js';

/** What one process of the shop sends in two seconds. */
export interface TrafficWindow {
  readonly traces: Uint8Array;
  readonly profile: Profile;
  readonly spans: number;
  readonly samples: number;
}

const ENDPOINTS = [
  'GET /products/sorted', 'GET /products/:id', 'GET /search', 'GET /catalog', 'POST /login', 'GET /orders/:id', 'GET /baskets/:id/price', 'GET /delivery/:country', 'GET /reports/:year',
] as const;
const MIDDLEWARE = ['query', 'expressInit', 'jsonParser', 'session'] as const;
const WINDOW_MILLIS = 2_000;
const SAMPLES = 198;
const TRACES = 60;
const SAMPLE_NANOS = 10_101_000n;

interface TrafficSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startMillis: number;
  readonly durationMillis: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Traffic as the demo's shop makes it, of one process, window after window. */
export function createTraffic(process: number, startMillis: number, random: () => number): () => TrafficWindow {
  let window = 0;
  const resource = { attributes: { 'service.name': 'shop', 'service.version': process % 2 === 0 ? '1.4.2' : '1.5.0', 'service.instance.id': `instance-${process}`, 'host.name': 'host', 'process.pid': 1_000 + process } };
  return () => {
    const start = startMillis + window++ * WINDOW_MILLIS;
    const spans: TrafficSpan[] = [];
    for (let i = 0; i < TRACES; i++) addTrace(spans, `${hex(process, 8)}${hex(window, 8)}${hex(i + 1, 16)}`, start + (i / TRACES) * (WINDOW_MILLIS - 200), random);
    return { traces: encodeTraces(resource.attributes, spans), profile: profileOf(resource, spans, start, random), spans: spans.length, samples: SAMPLES };
  };
}

function addTrace(spans: TrafficSpan[], traceId: string, startMillis: number, random: () => number): void {
  const endpoint = ENDPOINTS[Math.floor(random() ** 2 * ENDPOINTS.length)]!;
  const durationMillis = 5 + 190 * random() ** 6;
  const route = endpoint.split(' ')[1]!;
  const add = (number: number, parent: number, name: string, kind: number, offset: number, part: number, attributes: TrafficSpan['attributes']): void => {
    spans.push({ traceId, spanId: hex(number, 16), parentSpanId: parent === 0 ? '' : hex(parent, 16), name, kind, startMillis: startMillis + offset * durationMillis, durationMillis: part * durationMillis, attributes });
  };
  add(1, 0, endpoint, 2, 0, 1, {
    'http.request.method': endpoint.split(' ')[0]!, 'http.route': route, 'url.path': route.replace(/:\w+/, String(Math.floor(random() * 1e6))), 'url.scheme': 'http',
    'http.response.status_code': random() < 0.02 ? 500 : 200, 'server.address': '127.0.0.1', 'server.port': 3000, 'network.protocol.version': '1.1', 'user_agent.original': 'load',
  });
  for (const [i, name] of MIDDLEWARE.entries()) add(2 + i, 1, `middleware - ${name}`, 1, 0.02 * i, 0.01, { 'express.name': name, 'express.type': 'middleware' });
  add(6, 1, `request handler - ${route}`, 1, 0.1, 0.88, { 'express.name': route, 'express.type': 'request_handler', 'http.route': route });
  const queries = 1 + Math.floor(random() * 4);
  for (let i = 0; i < queries; i++) add(7 + i, 6, 'SELECT products', 3, 0.15 + i * 0.1, 0.08, { 'db.system.name': 'sqlite', 'db.query.text': 'SELECT id, name, price FROM products WHERE category = ? ORDER BY name LIMIT 100' });
}

function profileOf(resource: Profile['resource'], spans: readonly TrafficSpan[], startMillis: number, random: () => number): Profile {
  const builder = createProfileBuilder();
  const start = BigInt(Math.round(startMillis)) * 1_000_000n;
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === '');
  for (let i = 0; i < SAMPLES; i++) {
    const idle = random() < 0.1;
    const span = spans[Math.floor(random() * spans.length)]!;
    const endpoint = roots[Math.min(roots.length - 1, Math.floor((i / SAMPLES) * roots.length))]!.name;
    const row = idle ? 0 : builder.span({ traceId: span.traceId, spanId: span.spanId, localRootSpanId: hex(1, 16), sampled: true, endpoint });
    builder.addSample(stackOf(builder, endpoint, idle, random), row, start + SAMPLE_NANOS * BigInt(i), SAMPLE_NANOS, BigInt(Math.floor(random() * 10_000_000)));
  }
  for (const { name } of roots) builder.addEndpointCalls(name, 1);
  return builder.build({
    startTimeUnixNano: start, durationNanos: BigInt(WINDOW_MILLIS) * 1_000_000n, resource, scope: { name: '@flamespan/profiler', version: '0.1.0' }, thread: { id: 0, name: 'main' },
    linkScope: 'span', types: ['wall', 'cpu'], samplingIntervalNanos: SAMPLE_NANOS, heapIntervalBytes: 0n,
  });
}

function stackOf(builder: ProfileBuilder, endpoint: string, idle: boolean, random: () => number): number {
  let stack = 0;
  const push = (name: string, file: string, line: number): void => {
    const fn = builder.function(builder.string(name), builder.string(file), line);
    stack = builder.stack(stack, builder.location(fn, line, 1, builder.string('v8js')));
  };
  if (idle) {
    push('(garbage collector)', '', 0);
    return stack;
  }
  push('parserOnIncoming', 'node:_http_server', 1_000);
  push('emit', 'node:events', 500);
  for (let depth = 0; depth < 10; depth++) push(`handle${depth}`, `/app/node_modules/router/lib/layer-${depth % 4}.js`, 20 + depth);
  push(`serve ${endpoint}`, '/app/src/routes.ts', endpoint.length);
  const own = 1 + Math.floor(random() * 6);
  for (let depth = 0; depth < own; depth++) push(`step${Math.floor(random() * 5)}`, `/app/src/step-${depth}.ts`, 10 * depth);
  return stack;
}

function encodeTraces(resource: Readonly<Record<string, string | number>>, spans: readonly TrafficSpan[]): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(0x0a).fork();
  writer.uint32(0x0a).fork();
  writeAttributes(writer, 0x0a, resource);
  writer.ldelim();
  writer.uint32(0x12).fork();
  writer.uint32(0x0a).fork().uint32(0x0a).string('@opentelemetry/instrumentation-http').uint32(0x12).string('0.301.0').ldelim();
  for (const { traceId, spanId, parentSpanId, name, kind, startMillis, durationMillis, attributes } of spans) {
    writer.uint32(0x12).fork();
    writer.uint32(0x0a).bytes(Buffer.from(traceId, 'hex')).uint32(0x12).bytes(Buffer.from(spanId, 'hex'));
    if (parentSpanId !== '') writer.uint32(0x22).bytes(Buffer.from(parentSpanId, 'hex'));
    writer.uint32(0x2a).string(name).uint32(0x30).int32(kind);
    writer.uint32(0x39).fixed64(long(startMillis)).uint32(0x41).fixed64(long(startMillis + durationMillis));
    writeAttributes(writer, 0x4a, attributes);
    writer.ldelim();
  }
  return writer.ldelim().ldelim().finish();
}

function writeAttributes(writer: protobuf.Writer, tag: number, attributes: Readonly<Record<string, string | number>>): void {
  for (const [key, value] of Object.entries(attributes)) {
    writer.uint32(tag).fork().uint32(0x0a).string(key).uint32(0x12).fork();
    if (typeof value === 'string') writer.uint32(0x0a).string(value);
    else writer.uint32(0x18).int64(value);
    writer.ldelim().ldelim();
  }
}

/** Milliseconds as nanoseconds, as the writer takes 64 bits. */
function long(millis: number): protobuf.Long {
  const nanos = BigInt(Math.round(millis * 1e6));
  return { low: Number(nanos & 0xffff_ffffn) | 0, high: Number(nanos >> 32n) | 0, unsigned: true };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
