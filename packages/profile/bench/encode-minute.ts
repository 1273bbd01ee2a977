/**
 * What encoding a busy minute costs the event loop: a call tree of 45 000 nodes, 6 000 timed samples, links, labels, heap.
 * Encoded in slices of 4 ms as exporters do it, in a process for each format and round, first cold, then warm.
 *
 *     node --conditions=@flamespan/source packages/profile/bench/encode-minute.ts
 */
import { encodeOtlpInSlices, encodeOtlpJsonInSlices, encodePprofInSlices } from '@flamespan/profile';
import type { Profile, SlicedWork } from '@flamespan/profile';
import { syntheticMinute } from '@flamespan/profile/testing';
import { execFileSync } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

const ROUNDS = 3;
const REPETITIONS = 20;
const SLICE_MILLIS = 4;

interface Encoded {
  /** Of the thread, all slices together. */
  readonly millis: number;
  /** The longest time between two turns of the event loop. */
  readonly blockMillis: number;
  /** The longest time between two places where the work can be interrupted: a slice may last longer by this. */
  readonly stepMillis: number;
  readonly bytes: Uint8Array;
}

interface Figures {
  readonly cold: Omit<Encoded, 'bytes'>;
  readonly warm: Omit<Encoded, 'bytes'>;
  readonly bytes: number;
  readonly gzip: number;
}

const FORMATS: Readonly<Record<string, (profile: Profile) => SlicedWork<Uint8Array>>> = {
  'OTLP protobuf': (profile) => encodeOtlpInSlices(profile),
  'OTLP JSON': (profile) => encodeOtlpJsonInSlices(profile),
  *'pprof'(profile) {
    const parts = [yield* encodePprofInSlices(profile, { part: 'timed' }), yield* encodePprofInSlices(profile, { part: 'heap' })];
    return Buffer.concat(parts.filter((part) => part !== undefined));
  },
};

async function encode(work: SlicedWork<Uint8Array>): Promise<Encoded> {
  let [millis, blockMillis, stepMillis] = [0, 0, 0];
  for (;;) {
    const start = performance.now();
    let [last, bytes]: [number, Uint8Array | undefined] = [start, undefined];
    do {
      const { done, value } = work.next();
      const now = performance.now();
      stepMillis = Math.max(stepMillis, now - last);
      last = now;
      if (done === true) bytes = value;
    } while (bytes === undefined && last - start < SLICE_MILLIS);
    millis += last - start;
    blockMillis = Math.max(blockMillis, last - start);
    if (bytes !== undefined) return { millis, blockMillis, stepMillis, bytes };
    await turn();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

async function measure(format: string, spansPerSecond: number): Promise<Figures> {
  const profile = syntheticMinute({ spansPerSecond });
  const run = (): Promise<Encoded> => encode((FORMATS[format] as (typeof FORMATS)[string])(profile));
  const { bytes, ...cold } = await run();
  const warm: Encoded[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) warm.push(await run());
  // Of the second half: the first runs are still being compiled.
  const settled = warm.slice(REPETITIONS / 2);
  return {
    cold,
    warm: {
      millis: median(settled.map(({ millis }) => millis)),
      blockMillis: Math.max(...settled.map(({ blockMillis }) => blockMillis)),
      stepMillis: Math.max(...settled.map(({ stepMillis }) => stepMillis)),
    },
    bytes: bytes.length,
    gzip: gzipSync(bytes).length,
  };
}

const [, program = '', format, spansPerSecond] = process.argv;
if (format !== undefined) {
  process.stdout.write(JSON.stringify(await measure(format, Number(spansPerSecond))));
} else {
  const run = (name: string, spans: number): Figures =>
    JSON.parse(execFileSync(process.execPath, ['--conditions=@flamespan/source', program, name, String(spans)], { encoding: 'utf8' })) as Figures;
  console.log(`Node ${process.version}; medians of ${ROUNDS} processes, the longest of all in brackets`);
  for (const spans of [500, 5_000]) {
    const rounds = Array.from({ length: ROUNDS }, () => Object.keys(FORMATS).map((name) => run(name, spans)));
    for (const [position, name] of Object.keys(FORMATS).entries()) {
      const all = rounds.map((round) => round[position] as Figures);
      const said = (['cold', 'warm'] as const).map((state) => {
        const of = (what: keyof Figures['cold']): string => `${median(all.map((one) => one[state][what])).toFixed(1)} (${Math.max(...all.map((one) => one[state][what])).toFixed(1)})`;
        return `${state}: ${of('millis')} ms of the thread, longest block ${of('blockMillis')} ms, longest step ${of('stepMillis')} ms`;
      });
      const { bytes, gzip } = all[0] as Figures;
      console.log(`${name}, ${spans} spans a second: ${said.join('; ')}; ${bytes} bytes, gzip ${gzip}`);
    }
  }
}
