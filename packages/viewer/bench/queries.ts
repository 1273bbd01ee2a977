/**
 * How long the viewer's queries take with one million samples, 100 000 traces, a call tree of 45 000 nodes and a trace
 * of 100 000 spans. Prints the median of some rounds, in milliseconds.
 *
 *   node --conditions=@flamespan/source packages/viewer/bench/queries.ts
 */
import type { Profile } from '@flamespan/profile';
import { createProfileBuilder } from '@flamespan/profile';
import type { CallTree } from '../src/call-tree/call-tree.ts';
import { callers } from '../src/call-tree/callers.ts';
import { totalsOf } from '../src/call-tree/columns.ts';
import { focus } from '../src/call-tree/focus.ts';
import { functionChanges } from '../src/call-tree/function-changes.ts';
import { diffCallTrees, mergeCallTrees } from '../src/call-tree/merge.ts';
import { searchCallTree } from '../src/call-tree/search.ts';
import { functionTotals, packageTotals } from '../src/call-tree/totals.ts';
import { withoutLibraries } from '../src/call-tree/without-libraries.ts';
import { callTreeAnswer } from '../src/queries/call-tree-answer.ts';
import { endpointsAnswer } from '../src/queries/endpoints-answer.ts';
import { findingsAnswer } from '../src/queries/findings-answer.ts';
import { spanAnswer } from '../src/queries/span-answer.ts';
import { stateAnswer } from '../src/queries/state-answer.ts';
import { timelineAnswer } from '../src/queries/timeline-answer.ts';
import { traceAnswer } from '../src/queries/trace-answer.ts';
import { tracesAnswer } from '../src/queries/traces-answer.ts';
import type { Span } from '../src/store/span.ts';
import type { Store } from '../src/store/store.ts';
import { createStore } from '../src/store/store.ts';

const START = 1_767_225_600_000_000_000n;
const RESOURCE = { attributes: { 'service.name': 'shop', 'service.version': '1', 'process.pid': 7 } };
const GIB = 2 ** 30;
const ROUTES = 20;

const spanId = (n: number): string => n.toString(16).padStart(16, '0');
const traceId = (n: number): string => (n + 1).toString(16).padStart(32, '0');

/** Repeatable. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function report(name: string, run: () => unknown, rounds = 9): void {
  const millis: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const begin = performance.now();
    run();
    millis.push(performance.now() - begin);
  }
  millis.sort((a, b) => a - b);
  const [first] = millis;
  console.log(`${name.padEnd(64)} ${millis[rounds >> 1]!.toFixed(1).padStart(8)} ms   best ${first!.toFixed(1)}`);
}

function span(trace: number, id: number, parent: number, name: string, startNanos: number, durationNanos: number, kind: number): Span {
  const startTimeUnixNano = START + BigInt(startNanos);
  return {
    traceId: traceId(trace), spanId: spanId(id), parentSpanId: parent === 0 ? '' : spanId(parent), name, kind,
    startTimeUnixNano, endTimeUnixNano: startTimeUnixNano + BigInt(durationNanos), durationNanos,
    attributes: kind === 2 ? { 'http.request.method': 'GET', 'http.route': `/route/${trace % ROUTES}` } : {},
    events: [], status: { code: trace % 50 === 0 ? 2 : 0 }, resource: RESOURCE, scope: { name: 'bench' },
  };
}

/** Traces of five spans, one begins every 6 ms: ten minutes. */
function addTraces(store: Store, traces: number, random: () => number): void {
  for (let t = 0; t < traces; t++) {
    const start = t * 6_000_000;
    const duration = Math.round(5e6 + random() ** 4 * 500e6);
    const spans = [1, 2, 3, 4].map((n) => span(t, n + 1, n < 3 ? 1 : 2, ['middleware', 'handler', 'SELECT items', 'render'][n - 1]!, start + n * 100_000, Math.round(duration / (n + 1)), n === 3 ? 3 : 1));
    store.addSpans([...spans, span(t, 1, 0, 'GET', start, duration, 2)]);
  }
}

/** Profiles of a minute each, their samples linked to the traces of that minute. */
function addProfiles(store: Store, samples: number, windows: number, traces: number, random: () => number): void {
  for (let w = 0; w < windows; w++) {
    const builder = createProfileBuilder();
    const stacks = drawStacks(builder, 6_000, random);
    const perWindow = samples / windows;
    for (let i = 0; i < perWindow; i++) {
      const trace = Math.floor(((w + i / perWindow) / windows) * traces);
      const row = random() < 0.1 ? 0 : builder.span({ traceId: traceId(trace), spanId: spanId(1 + Math.floor(random() * 5)), localRootSpanId: '', sampled: true, endpoint: `GET /route/${trace % ROUTES}` });
      builder.addSample(stacks[Math.floor(random() ** 3 * stacks.length)]!, row, START + BigInt(Math.floor((w + i / perWindow) * 60e9)), 10_101_000n, BigInt(Math.floor(random() * 10_101_000)));
    }
    for (let r = 0; r < ROUTES; r++) builder.addEndpointCalls(`GET /route/${r}`, 500);
    store.addProfiles([build(builder, w)]);
  }
}

function build(builder: ReturnType<typeof createProfileBuilder>, window: number): Profile {
  return builder.build({
    startTimeUnixNano: START + BigInt(window) * 60_000_000_000n, durationNanos: 60_000_000_000n, resource: RESOURCE, scope: { name: 'bench' }, thread: { id: 0, name: 'main' },
    linkScope: 'span', types: ['wall', 'cpu'], samplingIntervalNanos: 10_101_000n, heapIntervalBytes: 0n,
  });
}

/** Stacks as a service has them: a common way down through libraries, then own code that branches, 40 frames deep. */
function drawStacks(builder: ReturnType<typeof createProfileBuilder>, count: number, random: () => number): number[] {
  const location = (n: number): number => {
    const file = n % 3 === 0 ? `/app/src/file${n % 97}.ts` : n % 3 === 1 ? `/app/node_modules/package${n % 41}/index.js` : `node:internal/module${n % 13}`;
    return builder.location(builder.function(builder.string(`function${n}`), builder.string(file), 1 + (n % 200)), 1 + (n % 200), 0, 0);
  };
  const leaves: number[] = [];
  const known = [Array.from({ length: 12 }).reduce<number>((stack, _, n) => builder.stack(stack, location(n)), 0)];
  while (leaves.length < count) {
    let stack = known[Math.floor(random() * known.length)]!;
    const length = 4 + Math.floor(random() * 12);
    for (let i = 0; i < length; i++) {
      stack = builder.stack(stack, location(Math.floor(random() * 1_500)));
      known.push(stack);
    }
    leaves.push(stack);
  }
  return leaves;
}

function treeOf(nodes: number, seed: number): CallTree {
  const store = createStore({ maxBytes: GIB });
  const random = createRandom(seed);
  const builder = createProfileBuilder();
  const stacks = drawStacks(builder, Math.round(nodes / 9.5), random);
  stacks.forEach((stack, i) => builder.addSample(stack, 0, START + BigInt(i), 10_101_000n, 10_101_000n));
  store.addProfiles([build(builder, 0)]);
  return callTreeAnswer(store, {}).tree;
}

function benchStore(): void {
  const traces = 100_000;
  const store = createStore({ maxBytes: 4 * GIB });
  const random = createRandom(1);
  const begin = performance.now();
  addTraces(store, traces, random);
  const middle = performance.now();
  addProfiles(store, 1_000_000, 10, traces, random);
  const { samples, linkedSamples, spans, bytes } = store.stats();
  console.log(`${traces} traces, ${spans} spans in ${(middle - begin).toFixed(0)} ms; ${samples} samples, ${linkedSamples} linked, in ${(performance.now() - middle).toFixed(0)} ms (drawing included); ${(bytes / 2 ** 20).toFixed(0)} MiB estimated, heap ${(process.memoryUsage().heapUsed / 2 ** 20).toFixed(0)} MiB + buffers ${(process.memoryUsage().arrayBuffers / 2 ** 20).toFixed(0)} MiB`);
  let next = 0;
  const trace = (): string => traceId(((next += 7_919) * 13) % traces);
  const moment = Number(START / 1_000_000n);
  report('span & children', () => callTreeAnswer(store, { trace: trace(), span: spanId(1) }));
  report('span only', () => callTreeAnswer(store, { trace: trace(), span: spanId(1), scope: 'span' }));
  report('span time period', () => callTreeAnswer(store, { trace: trace(), span: spanId(1), scope: 'span-period' }));
  report('full profile (100 000 samples)', () => callTreeAnswer(store, { trace: trace(), span: spanId(1), scope: 'full-profile' }));
  report('one endpoint of 20 in one minute', () => callTreeAnswer(store, { endpoint: ['GET /route/3'], from: moment + 60_000, to: moment + 120_000 }));
  report('one endpoint of 20', () => callTreeAnswer(store, { endpoint: ['GET /route/3'] }));
  report('everything: 1 000 000 samples', () => callTreeAnswer(store, {}));
  report('traces, newest', () => tracesAnswer(store, {}));
  report('traces, slowest of an endpoint, errors', () => tracesAnswer(store, { endpoint: ['GET /route/0'], status: 'error', order: 'slowest' }));
  report('traces, by CPU, name searched', () => tracesAnswer(store, { search: 'select', order: 'cpu', minDurationNanos: 1e6 }));
  report('trace', () => traceAnswer(store, trace()));
  report('span', () => spanAnswer(store, trace(), spanId(1)));
  report('timeline', () => timelineAnswer(store, trace(), spanId(1)));
  report('endpoints with trends', () => endpointsAnswer(store));
  report('state', () => stateAnswer(store, { version: '', endpoints: { http: '', grpc: null } }));
  report('findings of a trace', () => findingsAnswer(store, { trace: trace() }));
  report('findings of an endpoint', () => findingsAnswer(store, { endpoint: ['GET /route/3'] }), 3);
}

function benchTrees(): void {
  const tree = treeOf(45_000, 2);
  const other = treeOf(45_000, 2);
  const depth = tree.parent.reduce((most, _, i) => {
    let length = 0;
    for (let at = i; at > 0; at = tree.parent[at]!) length++;
    return Math.max(most, length);
  }, 0);
  console.log(`\ncall tree of ${tree.parent.length} nodes, ${tree.frames.name.length} functions, ${depth} deep`);
  report('totals', () => totalsOf(tree, tree.self));
  report('focus', () => focus(tree, 12));
  report('callers of everything', () => callers(tree));
  report('callers of everything, to the last', () => callers(tree, { minShare: 0 }));
  report('callers of a function', () => callers(tree, { frame: 20 }));
  report('without libraries', () => withoutLibraries(tree));
  report('search', () => searchCallTree(tree, 'function12'));
  report('totals by function', () => functionTotals(tree));
  report('totals by package', () => packageTotals(tree));
  report('merge of two', () => mergeCallTrees([tree, other]));
  report('difference', () => diffCallTrees(tree, other));
  const diff = diffCallTrees(tree, other);
  report('changes by function', () => functionChanges(diff));
  report('JSON', () => JSON.stringify(tree));
  console.log(`${callers(tree).parent.length} nodes upside down, ${callers(tree, { minShare: 0 }).parent.length} to the last; ${(JSON.stringify(tree).length / 2 ** 20).toFixed(1)} MiB of JSON`);
}

function benchTrace(): void {
  const spans = 100_000;
  console.log(`\na trace of ${spans} spans, 100 000 samples`);
  const store = createStore({ maxBytes: 4 * GIB });
  const random = createRandom(3);
  store.addSpans(Array.from({ length: spans }, (_, i) => span(0, i + 1, i === 0 ? 0 : 1 + Math.floor(random() * Math.min(i, 3_000)), `work ${i % 40}`, i * 500_000, i === 0 ? 60e9 : Math.round(random() * 50e6), i === 0 ? 2 : 1)));
  const builder = createProfileBuilder();
  const stacks = drawStacks(builder, 2_000, random);
  for (let i = 0; i < 100_000; i++) {
    const row = builder.span({ traceId: traceId(0), spanId: spanId(1 + Math.floor(random() * spans)), localRootSpanId: '', sampled: true, endpoint: 'GET /route/0' });
    builder.addSample(stacks[i % stacks.length]!, row, START + BigInt(i) * 600_000n, 590_000n, 500_000n);
  }
  store.addProfiles([build(builder, 0)]);
  const touch = (): void => store.addProfiles([]);
  report('trace, anew', () => {
    touch();
    traceAnswer(store, traceId(0));
  }, 5);
  report('trace, again', () => traceAnswer(store, traceId(0)), 5);
  report('span, root', () => spanAnswer(store, traceId(0), spanId(1)), 5);
  report('span, any', () => spanAnswer(store, traceId(0), spanId(5_000)), 5);
  report('timeline, root', () => timelineAnswer(store, traceId(0), spanId(1)), 5);
  report('span & children, root', () => callTreeAnswer(store, { trace: traceId(0), span: spanId(1) }), 5);
  report('findings', () => findingsAnswer(store, { trace: traceId(0) }), 5);
}

benchTrees();
benchTrace();
benchStore();
