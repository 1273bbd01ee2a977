import type { Profile } from '@flamespan/profile';
import type { Span, Store } from '@flamespan/viewer';
import { createStore } from '@flamespan/viewer';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../src/api/answers.ts';
import { findingsAnswer } from '../src/queries/findings-answer.ts';
import { drawProfile, drawSpans, id, TRACE } from './drawing.ts';

const OTHER_TRACE = '00000000000000000000000000000abc';

function storeOf(spans: readonly Span[], ...profiles: Profile[]): Store {
  const store = createStore();
  store.addSpans(spans);
  store.addProfiles(profiles);
  return store;
}

/** `count` samples of one stack, one every 10 ms from `from` on. */
function samples(count: number, from: number, rest: string): string {
  return Array.from({ length: count }, (_, i) => `${from + 10 * (i + 1)} 10 9 ${rest}`).join('\n');
}

const root = drawSpans('1 - 0 1000 GET');
const kinds = (findings: readonly Finding[]): string[] => findings.map(({ kind }) => kind);
const ofSpan = (store: Store): readonly Finding[] => findingsAnswer(store, { trace: TRACE, span: id('1') }).findings;

describe('one function that has most of the time', () => {
  const busy = samples(40, 0, '1 GET_/a main@/app/main.ts:1;sort@/app/sort.ts:7;compare@/app/node_modules/lib/index.js:1');
  const rest = samples(10, 500, '1 GET_/a main@/app/main.ts:1;render@/app/page.ts:9');

  it('is named with its place and its samples', () => {
    const [finding] = ofSpan(storeOf(root, drawProfile(`${busy}\n${rest}`)));
    expect(finding).toMatchObject({ kind: 'dominant-function', samples: 40, trace: TRACE, span: id('1'), scope: 'span-and-children', frame: 'sort' });
    expect(finding!.title).toBe('sort takes 80% of the time that this span has on the thread.');
    expect(finding!.evidence).toContain('40 of 50 samples, one every 10.1 ms, are in the function (/app/sort.ts:7)');
    expect(finding!.evidence).toContain('at least 67%');
  });

  it.each([
    ['few samples', samples(6, 0, '1 GET_/a main@/app/main.ts:1;sort@/app/sort.ts:7')],
    ['half of few samples', `${samples(7, 0, '1 GET_/a sort@/app/sort.ts:7')}\n${samples(4, 100, '1 GET_/a render@/app/page.ts:9')}`],
    ['an even share', `${samples(30, 0, '1 GET_/a sort@/app/sort.ts:7')}\n${samples(30, 400, '1 GET_/a render@/app/page.ts:9')}`],
    ['no samples', ''],
  ])('is not claimed from %s', (_name, text) => {
    expect(kinds(ofSpan(storeOf(root, drawProfile(text))))).not.toContain('dominant-function');
  });
});

describe('garbage collection during a span', () => {
  const handler = samples(20, 0, '1 GET_/a main@/app/main.ts:1;a\n').replaceAll('\n\n', '\n');
  const collecting = (count: number, thread = 0): Profile => ({ ...drawProfile(`${handler}\n${samples(count, 400, '- - Node.js;Garbage Collection')}`), thread: { id: thread, name: '' } });

  it('is told with how long it took', () => {
    const finding = ofSpan(storeOf(root, collecting(25))).find(({ kind }) => kind === 'garbage-collection')!;
    expect(finding).toMatchObject({ title: "Garbage collection held the thread for 25% of this span's time.", samples: 25, scope: 'span-period', span: id('1') });
    expect(finding.evidence).toContain('25 samples, 250 ms of 1.00 s');
  });

  it('is not claimed when it was short, or on a thread that did not work for the span', () => {
    expect(kinds(ofSpan(storeOf(root, collecting(4))))).not.toContain('garbage-collection');
    const worker = { ...drawProfile(samples(40, 400, '- - Node.js;Garbage Collection')), thread: { id: 1, name: 'pool' } };
    expect(kinds(ofSpan(storeOf(root, drawProfile(handler), worker)))).not.toContain('garbage-collection');
    // Nobody knows which of two threads it was.
    expect(kinds(ofSpan(storeOf(root, drawProfile(''), worker)))).not.toContain('garbage-collection');
  });
});

describe('a thread that was busy with another request', () => {
  const own = '10 10 9 1 GET_/a main;a';

  it('is told with whose requests these were', () => {
    const finding = ofSpan(storeOf(root,
      drawProfile(`${own}\n${samples(10, 600, '- GET_/dark main;dark')}`),
      drawProfile(samples(40, 100, '7 GET_/slow main;slow'), { traceId: OTHER_TRACE }),
    )).find(({ kind }) => kind === 'busy-with-another-request')!;
    expect(finding).toMatchObject({ title: "The thread was busy with other requests for 50% of this span's time.", samples: 50 });
    expect(finding.evidence).toContain('GET /slow 40 samples, GET /dark 10 samples');
  });

  it('is not claimed for its own spans, for work of nobody, and for what came before or after', () => {
    const store = storeOf([...root, ...drawSpans('2 1 0 900 child')], drawProfile(`${own}\n${samples(30, 100, '2 GET_/a main;child')}\n${samples(30, 500, '- - main;timer')}`), drawProfile(samples(40, 1_000, '7 GET_/slow main'), { traceId: OTHER_TRACE, window: [1_000, 2_000] }));
    expect(kinds(ofSpan(store))).not.toContain('busy-with-another-request');
  });
});

describe('many short spans of one kind', () => {
  const children = (count: number, millis: number, name: (i: number) => string): Span[] => drawSpans(Array.from({ length: count }, (_, i) => `${i + 2} 1 ${i * millis} ${(i + 1) * millis} ${name(i)}`).join('\n'));

  it('are counted and measured, and need no samples', () => {
    const [finding, ...others] = ofSpan(storeOf([...root, ...children(50, 12, (i) => `SELECT * FROM items WHERE id = ${i}`)]));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ kind: 'many-similar-spans', samples: 0, span: id('1'), title: 'GET has 50 child spans like "SELECT * FROM items WHERE id = 0", which take 60% of its time.' });
    expect(finding!.evidence).toContain('12.0 ms each (median), one after the other, 600 ms of 1.00 s');
  });

  it('are told as parallel where they are', () => {
    const parallel = drawSpans(Array.from({ length: 20 }, (_, i) => `${i + 2} 1 ${i} ${i + 90} GET`).join('\n'));
    const [finding] = ofSpan(storeOf([...drawSpans('1 - 0 1000 GET').map((span) => ({ ...span, durationNanos: 400e6, endTimeUnixNano: span.startTimeUnixNano + 400_000_000n })), ...parallel]));
    expect(finding).toBeUndefined();
    const [wide] = ofSpan(storeOf([...root, ...drawSpans(Array.from({ length: 40 }, (_, i) => `${i + 2} 1 ${i * 5} ${i * 5 + 90} GET`).join('\n'))]));
    expect(wide!.evidence).toContain('partly at the same time');
  });

  it.each([
    ['few', children(9, 50, () => 'SELECT')],
    ['of many kinds', children(50, 12, (i) => `kind${String.fromCodePoint(97 + (i % 26))}${i > 25 ? 'x' : ''}`)],
    ['a small part of the time', children(50, 1, () => 'SELECT')],
  ])('are not claimed when they are %s', (_name, spans) => {
    expect(ofSpan(storeOf([...root, ...spans]))).toEqual([]);
  });
});

describe('synchronous work', () => {
  it.each([
    ['crypto (pbkdf2Sync)', 'login@/app/login.ts:3;pbkdf2Sync@node:internal/crypto/pbkdf2:10;run'],
    ['crypto (update)', 'sign@/app/sign.ts:3;update@node:internal/crypto/hash:10;update'],
    ['fs (readFileSync)', 'template@/app/t.ts:3;readFileSync@node:fs:1;tryReadSync@node:fs:2;read'],
    ['zlib (syncBufferWrapper)', 'pack@/app/p.ts:3;syncBufferWrapper@node:zlib:1;processChunkSync@node:zlib:2'],
    ['child process (execSync)', 'run@/app/r.ts:3;execSync@node:child_process:1;spawnSync@node:child_process:2'],
    ['JSON (stringify)', 'list@/app/l.ts:3;json@/app/node_modules/express/lib/response.js:1;stringify@/app/node_modules/express/lib/response.js:2'],
  ])('%s is told with its function', (name, stack) => {
    const store = storeOf(root, drawProfile(`${samples(30, 0, `1 GET_/a main@/app/main.ts:1;${stack}`)}\n${samples(30, 400, '1 GET_/a main@/app/main.ts:1;other@/app/o.ts:1')}`));
    const [finding] = ofSpan(store).filter(({ kind }) => kind === 'synchronous-work');
    expect(finding).toMatchObject({ samples: 30, frame: /\((.*)\)/.exec(name)![1] });
    expect(finding!.title).toContain(`Synchronous ${name.replace(/ \(/, ' work (')} takes 50% of the time that this span has on the thread`.replace(/ \(/, ' ('));
    expect(finding!.evidence).toContain('30 of 60 samples, one every 10.1 ms, 300 ms in all');
  });

  it.each([
    ['the asynchronous start of file work', 'read@/app/r.ts:3;readFile@node:fs:1;open'],
    ['own functions with such a name', 'readFileSync@/app/own.ts:3'],
    ['a parser of its own', 'parse@/app/parser.ts:3'],
  ])('is not claimed for %s', (_name, stack) => {
    expect(kinds(ofSpan(storeOf(root, drawProfile(samples(40, 0, `1 GET_/a main@/app/main.ts:1;${stack}`)))))).not.toContain('synchronous-work');
  });

  it('is not claimed when it is rare', () => {
    const text = `${samples(4, 0, '1 GET_/a main@/app/m.ts:1;readFileSync@node:fs:1')}\n${samples(80, 100, '1 GET_/a main@/app/m.ts:1')}`;
    expect(kinds(ofSpan(storeOf(root, drawProfile(text))))).not.toContain('synchronous-work');
  });
});

describe('findings', () => {
  const http = { attributes: { 'http.route': '/a', 'http.request.method': 'GET' } };
  const children = Array.from({ length: 20 }, (_, i) => `${i + 2} 1 ${i * 20} ${(i + 1) * 20} SELECT`).join('\n');
  const store = storeOf(drawSpans('1 - 0 1000 GET', http), drawProfile(samples(40, 0, '1 GET_/a main@/app/main.ts:1;sort@/app/sort.ts:7')));
  store.addSpans(drawSpans(children));
  for (let n = 1; n <= 3; n++) {
    const traceId = n.toString(16).padStart(32, '0');
    store.addSpans(drawSpans('1 - 0 500 GET', { traceId, ...http }));
    store.addSpans(drawSpans(n === 1 ? children : '2 1 0 1 x', { traceId }));
  }

  it('of a trace are those of its local roots', () => {
    expect(findingsAnswer(store, { trace: TRACE }).findings.map(({ kind, title }) => `${kind}: ${title}`)).toEqual([
      'dominant-function: sort takes 100% of the time that GET has on the thread.',
      'many-similar-spans: GET has 20 child spans like "SELECT", which take 40% of its time.',
    ]);
  });

  it('of an endpoint are those of its samples, and of its slowest traces', () => {
    const { findings } = findingsAnswer(store, { endpoint: ['GET /a'], service: 'shop' });
    expect(findings).toMatchObject([
      { kind: 'dominant-function', title: 'sort takes 100% of the time that GET /a has on the thread.', trace: null, span: null, scope: null },
      { kind: 'many-similar-spans', trace: TRACE, span: id('1') },
      // The other calls were open while this trace's had the thread.
      { kind: 'busy-with-another-request', trace: '00000000000000000000000000000003' },
    ]);
    expect(findings[2]!.evidence).toContain('in 3 of the 4 slowest traces');
    expect(findings[1]!.evidence).toContain('in 2 of the 4 slowest traces');
    expect(findingsAnswer(store, { endpoint: ['GET /other'] })).toEqual({ findings: [] });
  });

  it('of an endpoint leave out what only one of several calls had', () => {
    const store = storeOf(drawSpans('1 - 0 1000 GET', http));
    store.addSpans(drawSpans(children));
    expect(kinds(findingsAnswer(store, { endpoint: ['GET /a'] }).findings)).toEqual(['many-similar-spans']);
    store.addSpans(drawSpans('1 - 0 500 GET', { traceId: OTHER_TRACE, ...http }));
    expect(findingsAnswer(store, { endpoint: ['GET /a'] }).findings).toEqual([]);
  });

  it('of an endpoint are about its calls, not about longer ones that called it', () => {
    const store = storeOf(drawSpans('90 - 0 2000 gateway', { service: 'web', ...http, attributes: { ...http.attributes, 'http.route': '/gate' } }));
    store.addSpans(drawSpans('1 90 0 1000 GET', http));
    store.addSpans(drawSpans(children));
    expect(findingsAnswer(store, { endpoint: ['GET /a'] }).findings).toMatchObject([{ kind: 'many-similar-spans', span: id('1') }]);
    expect(findingsAnswer(store, { endpoint: ['GET /gate'] }).findings).toEqual([]);
  });

  it('of a version, host or thread are those of its samples alone', () => {
    const about = (thread: number): readonly Finding[] => findingsAnswer(store, { endpoint: ['GET /a'], thread }).findings;
    expect(kinds(about(0))).toEqual(['dominant-function']);
    expect(about(1)).toEqual([]);
    expect(findingsAnswer(store, { endpoint: ['GET /a'], version: '2' }).findings).toEqual([]);
    expect(findingsAnswer(store, { endpoint: ['GET /a'], host: 'other' }).findings).toEqual([]);
  });

  it('of what is not there are none', () => {
    for (const about of [{ trace: 'none' }, { trace: TRACE, span: 'none' }, { service: 'nobody' }]) expect(findingsAnswer(store, about)).toEqual({ findings: [] });
    expect(findingsAnswer(createStore(), {})).toEqual({ findings: [] });
  });
});
