import { stripVTControlCharacters } from 'node:util';
import type { Store } from '@flamespan/viewer';
import { createStore, renderReport } from '@flamespan/viewer';
import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { drawProfile, drawSpans } from './drawing.ts';

const HTTP = { attributes: { 'http.route': '/products/:id', 'http.request.method': 'GET' } };

function shop(): Store {
  const store = createStore();
  store.addSpans(drawSpans(`
    1 - 0 312 GET /products/:id
     2 1 1 3 middleware - jsonParser
     3 1 4 309 request handler - /products/:id
      4 3 30 110 SELECT products WHERE category = ? ORDER BY popularity LIMIT 100
      5 3 120 305! render template
  `, HTTP));
  store.addProfiles([drawProfile(`
    14 10 9 3 GET_/products/:id run@node:internal/main:1;show@file:///app/src/routes/products.ts:42
    24 10 9 3 GET_/products/:id run@node:internal/main:1;show@file:///app/src/routes/products.ts:42
    130 10 9.8 5 GET_/products/:id run@node:internal/main:1;show@file:///app/src/routes/products.ts:42;sortProducts@file:///app/src/catalog/sort.ts:7
    200 70 68 5 GET_/products/:id run@node:internal/main:1;show@file:///app/src/routes/products.ts:42;sortProducts@file:///app/src/catalog/sort.ts:7
    280 80 79 5 GET_/products/:id run@node:internal/main:1;show@file:///app/src/routes/products.ts:42;renderPage@file:///app/src/views/page.ts:99;pad@/app/node_modules/pad/index.js:1
    500 10 2 - - run@node:internal/main:1
    510 10 8 - POST_/orders run@node:internal/main:1;order@/app/src/order.ts:1
  `, { calls: { 'GET /products/:id': 1, 'POST /orders': 16, 'GET /health': 12_345 } })]);
  return store;
}

const widest = (report: string): number => Math.max(...report.split('\n').map((line) => stringWidth(line)));

describe('renderReport', () => {
  it('shows endpoints, the slowest trace and what the figures rest on', () => {
    expect(renderReport(shop(), { width: 110 })).toMatchInlineSnapshot(`
      "TOP ENDPOINTS by CPU time; wall is time on the JavaScript thread

      endpoint            calls  wall/call  CPU/call  CPU share  samples
      GET /products/:id       1     180 ms    175 ms      94.6%        5
      POST /orders           16    0.63 ms   0.50 ms       4.3%        1
      GET /health        12,345          –         –          –        0
      (no endpoint)           –          –         –       1.1%        1

      SLOWEST TRACE GET /products/:id
      312 ms · shop · trace 4bf92f3577b34da6a3ce929d0e0e4736

      span                                0                            312 ms  duration  on-thread      CPU  waiting
      GET /products/:id                   ▓▓▓░░░░░░░░░░▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░    312 ms          –        –   132 ms
       middleware - jsonParser            ░                                     2.00 ms          –        –  2.00 ms
       request handler - /products/:id    ███░░░░░░░░░░▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░    305 ms    20.0 ms  18.0 ms   125 ms
        ↳ 100% show routes/products.ts:42
        SELECT products…larity LIMIT 100     ░░░░░░░░░░                         80.0 ms          –        –  80.0 ms
        ✗ render template                              ██████████████████░░░░    185 ms     160 ms   157 ms  25.0 ms
         ↳ 50% renderPage views/page.ts:99 · 50% sortProducts catalog/sort.ts:7

      █ on the thread   ▓ its child spans on the thread   ░ waiting   ↳ where the span's own samples were
      – no sample   5 samples

      7 samples, 71.4% linked to spans · one every 10.1 ms (99 Hz) · 1 trace, 5 spans, 1 profile · service shop
      Spans shorter than 10.1 ms may have no sample, or one that says too much of them.
      "
    `);
  });

  it('fits 80 columns', () => {
    expect(renderReport(shop(), { width: 80 })).toMatchInlineSnapshot(`
      "TOP ENDPOINTS by CPU time; wall is time on the JavaScript thread

      endpoint            calls  wall/call  CPU/call  CPU share  samples
      GET /products/:id       1     180 ms    175 ms      94.6%        5
      POST /orders           16    0.63 ms   0.50 ms       4.3%        1
      GET /health        12,345          –         –          –        0
      (no endpoint)           –          –         –       1.1%        1

      SLOWEST TRACE GET /products/:id
      312 ms · shop · trace 4bf92f3577b34da6a3ce929d0e0e4736

      span                 0             312 ms  duration  on-thread      CPU  waiting
      GET /products/:id    ▓▓░░░░░░▓▓▓▓▓▓▓▓▓▓░░    312 ms          –        –   132 ms
       middlewa…sonParser  ░                      2.00 ms          –        –  2.00 ms
       request …ducts/:id  ██░░░░░░▓▓▓▓▓▓▓▓▓▓░░    305 ms    20.0 ms  18.0 ms   125 ms
        ↳ 100% show routes/products.ts:42
        SELECT …LIMIT 100   ░░░░░░░               80.0 ms          –        –  80.0 ms
        ✗ render template         ███████████░░    185 ms     160 ms   157 ms  25.0 ms
         ↳ 50% renderPage views/page.ts:99 · 50% sortProducts catalog/sort.ts:7

      █ on the thread   ▓ its child spans on the thread   ░ waiting
      ↳ where the span's own samples were   – no sample   5 samples

      7 samples, 71.4% linked to spans · one every 10.1 ms (99 Hz)
      1 trace, 5 spans, 1 profile · service shop
      Spans shorter than 10.1 ms may have no s…ple, or one that says too much of them.
      "
    `);
  });

  it('paints with escape sequences only when colour is asked for, and shows the same text', () => {
    const plain = renderReport(shop(), { width: 100 });
    const painted = renderReport(shop(), { width: 100, color: true });
    expect(plain).not.toContain('\u001B');
    expect(painted).toContain('\u001B[1mTOP ENDPOINTS');
    expect(stripVTControlCharacters(painted)).toBe(plain);
  });

  it('tells several services apart, and marks what is not profiled or in part', () => {
    const store = createStore();
    store.addSpans(drawSpans('1 - 0 100 GET /cart', { service: 'web' }));
    store.addSpans(drawSpans('2 1 10 90 POST /check\n3 2 20 60 lookup', { service: 'stock' }));
    store.addProfiles([drawProfile('20 10 9 1 GET_/cart main@/app/web/cart.ts:3', { service: 'web', window: [0, 40], calls: { 'GET /cart': 1 } })]);
    store.addProfiles([drawProfile('5000 10 9 - POST_/check main@/app/x.ts:3', { service: 'third', window: [4_000, 6_000] })]);
    expect(renderReport(store, { width: 90 })).toMatchInlineSnapshot(`
      "TOP ENDPOINTS by CPU time; wall is time on the JavaScript thread

      endpoint     service  calls  wall/call  CPU/call  CPU share  samples
      GET /cart    web          1    10.0 ms   9.00 ms      50.0%        1
      POST /check  third        –          –         –      50.0%        1

      SLOWEST TRACE GET /cart
      100 ms · trace 4bf92f3577b34da6a3ce929d0e0e4736

      span                 0                     100 ms  duration  on-thread      CPU    waiting
      web: GET /cart       ░░░███░░░░░░░░░░░░░░░░░░░░░░    100 ms    10.0 ms  9.00 ms  ≤ 90.0 ms
       ↳ 100% main web/cart.ts:3
       stock: POST /check    ────────────────────────     80.0 ms          –        –          –
        lookup                  ────────────              40.0 ms          –        –          –

      █ on the thread   ▓ its child spans on the thread   ░ waiting   ─ not profiled
      ≤ profiled in part   ↳ where the span's own samples were   – no sample   1 sample

      2 samples, 50.0% linked to spans · one every 10.1 ms (99 Hz)
      1 trace, 3 spans, 2 profiles · services stock, third, web
      Spans shorter than 10.1 ms may have no sample, or one that says too much of them.
      "
    `);
  });

  it('shows the slowest trace of one endpoint or service', () => {
    const store = shop();
    store.addSpans(drawSpans('9 - 0 20 GET /health', { traceId: 'f'.repeat(32), attributes: { 'http.route': '/health', 'http.request.method': 'GET' } }));
    expect(renderReport(store)).toContain('SLOWEST TRACE GET /products/:id');
    expect(renderReport(store, { endpoint: 'GET /health' })).toContain('SLOWEST TRACE GET /health');
    expect(renderReport(store, { endpoint: 'GET /\u001B[31mnone', service: 'shop' })).toContain('No trace of GET /none in shop is held.');
  });

  it('shows of a large trace the spans with the most samples, under their ancestors', () => {
    const store = createStore();
    const filler = Array.from({ length: 200 }, (_n, i) => `f${i} 1 ${i} ${i + 1} filler ${i}`).join('\n');
    store.addSpans(drawSpans(`1 - 0 1000 root\n${filler}\na 1 300 900 outer\nb a 310 320 deep\nc b 311 319 deepest`));
    store.addProfiles([drawProfile('318 5 5 c GET_/ main@/app/x.ts:1\n319 1 1 c GET_/ main@/app/x.ts:1')]);
    const report = renderReport(store, { maxSpans: 5 });
    for (const name of ['root', ' outer', '  deep', '   deepest']) expect(report).toMatch(new RegExp(`^${name} `, 'm'));
    expect(report).toContain('… and 199 spans more');
  });

  it('limits endpoints', () => {
    const store = createStore();
    store.addProfiles([drawProfile(Array.from({ length: 30 }, (_n, i) => `${i} 10 ${i + 1} - GET_/${i} main`).join('\n'))]);
    const report = renderReport(store, { maxEndpoints: 3 });
    expect(report).toContain('GET /29');
    expect(report).not.toContain('GET /26');
    expect(report).toContain('… and 27 endpoints more');
  });
});

describe('what is missing', () => {
  it('is everything', () => {
    const report = renderReport(createStore(), { url: 'http://127.0.0.1:9999' });
    for (const part of ['Nothing has arrived yet', 'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9999', 'ProfilingSpanProcessor']) expect(report).toContain(part);
  });

  it('is profiles', () => {
    const store = createStore();
    store.addSpans(drawSpans('1 - 0 10 GET'));
    const report = renderReport(store);
    for (const part of ['Traces arrive, profiles do not', 'exportIntervalMillis', 'OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT', '─ not profiled']) expect(report).toContain(part);
  });

  it('is traces', () => {
    const store = createStore();
    store.addProfiles([drawProfile('10 10 9 1 GET_/ main')]);
    expect(renderReport(store)).toContain('`spanProcessors` switches `traceExporter` off');
  });

  it('is links', () => {
    const store = createStore();
    store.addSpans(drawSpans('1 - 0 10 GET'));
    store.addProfiles([drawProfile('10 10 9 - GET_/ main')]);
    expect(renderReport(store)).toContain('no sample has a Link');
    const heapOnly = createStore();
    heapOnly.addSpans(drawSpans('1 - 0 10 GET'));
    heapOnly.addProfiles([drawProfile('', { types: ['heap'] })]);
    expect(renderReport(heapOnly)).toContain('without timed samples');
  });

  it('was dropped or refused', () => {
    const store = createStore({ maxBytes: 2_500 });
    for (let i = 0; i < 5; i++) store.addSpans(drawSpans('1 - 0 10 GET', { traceId: String(i + 1).repeat(32) }));
    store.countRejectedRequest('malformed');
    const report = renderReport(store);
    expect(report).toMatch(/Dropped for want of room \(maxBytes\): \d traces?, 0 profiles\./);
    expect(report).toContain('Refused 1 request: malformed 1.');
  });
});

describe('hostile text', () => {
  const HOSTILE = '\u001B[2J\u001B]0;owned\u0007\u009B31m\r\n\t\u0000\u202Etxt.exe\u2028\u200B\uD800 end';

  it('never reaches the terminal as control characters, from wherever it comes', () => {
    const store = createStore();
    store.addSpans(drawSpans('1 - 0 100 x', { service: HOSTILE, attributes: { 'http.route': HOSTILE, 'http.request.method': HOSTILE } }).map((span) => ({ ...span, name: HOSTILE })));
    store.addSpans(drawSpans('2 1 10 90 y', { service: `${HOSTILE}2` }).map((span) => ({ ...span, name: HOSTILE })));
    store.addProfiles([drawProfile(`20 10 9 1 GET_${encodeURIComponent('/')} x`, { service: HOSTILE, calls: { [HOSTILE]: 3 } })]);
    const profile = drawProfile('30 10 9 1 GET_/ x@/y.ts:1', { service: HOSTILE });
    store.addProfiles([{ ...profile, strings: profile.strings.map((text) => (text === '' ? '' : HOSTILE)) }]);
    // oxlint-disable-next-line no-control-regex -- that there are none is the point
    expect(renderReport(store)).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028-\u202E\u200B\uD800-\uDFFF]/);
    expect(renderReport(store)).toContain('end');
  });

  it('breaks no line and no column, whatever its width', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom('漢', '👩‍🚀', 'é', 'ﷺ', '\u0300', '\u001B[31m', '\n', 'a', ' ', '/'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), maxLength: 80 });
    fc.assert(fc.property(text, text, text, fc.integer({ min: 80, max: 160 }), (name, endpoint, file, width) => {
      const store = createStore();
      store.addSpans(drawSpans('1 - 0 100 x\n2 1 10 90 y').map((span) => ({ ...span, name })));
      const profile = drawProfile('30 10 9 1 GET_/ x@/y.ts:1', { calls: { [endpoint]: 3 } });
      store.addProfiles([{ ...profile, strings: profile.strings.map((string) => (string === '/y.ts' ? file : string === 'x' ? name : string)) }]);
      const report = renderReport(store, { width });
      expect(widest(report)).toBeLessThanOrEqual(width);
      expect(report.split('\n').length).toBeLessThan(30);
    }), { numRuns: 200 });
  });

  it.each([80, 81, 100, 120, 140, 240])('keeps within %i columns', (width) => {
    expect(widest(renderReport(shop(), { width }))).toBeLessThanOrEqual(width);
  });

  it.each([0, -5, NaN, Infinity, 1e9])('takes a width of %d', (width) => {
    expect(renderReport(shop(), { width })).toContain('TOP ENDPOINTS');
  });

  it('survives a megabyte of name quickly', () => {
    const store = createStore();
    store.addSpans(drawSpans('1 - 0 100 x').map((span) => ({ ...span, name: '漢'.repeat(1_000_000) })));
    expect(widest(renderReport(store, { width: 80 }))).toBeLessThanOrEqual(80);
  });
});
