import type { Profile } from '@flamespan/profile';
import type { Finding } from '../../api/answers.ts';
import type { StoredProfile } from '../../store/stored-profile.ts';
import { formatDuration } from '../../report/units.ts';
import { leastShare } from '../../call-tree/significance.ts';
import { LEAST_SAMPLES, percent, samplesText } from './evidence.ts';
import type { Subject } from './subject.ts';

const LEAST_SHARE = 0.1;

interface Work {
  readonly kind: 'crypto' | 'fs' | 'zlib' | 'child process' | 'JSON';
  /** The function that was called, such as `pbkdf2Sync`. */
  readonly name: string;
}

interface Sums {
  samples: number;
  wallNanos: number;
  readonly names: Map<string, number>;
}

const ADVICE: Readonly<Record<Work['kind'], string>> = {
  crypto: 'The asynchronous forms work in the thread pool.',
  fs: 'fs/promises leaves the thread free meanwhile.',
  zlib: 'The asynchronous forms and streams work in the thread pool.',
  'child process': 'spawn and execFile leave the thread free meanwhile.',
  JSON: 'V8 mostly shows JSON.parse and JSON.stringify as time of the function that called them, so that it may be more.',
};

/** Synchronous crypto, file, compression or JSON work that has a part of the thread's time that matters. */
export function synchronousWork({ selected, samples, wallNanos, name, place }: Subject): Finding[] {
  if (samples < LEAST_SAMPLES) return [];
  const found = new Map<Work['kind'], Sums>();
  for (const { stored, samples: numbers } of selected) {
    const workOf = workOfStacks(stored);
    for (const sample of numbers) {
      const work = workOf[stored.profile.samples.stack[sample]!];
      if (work === undefined) continue;
      const sums = found.get(work.kind) ?? { samples: 0, wallNanos: 0, names: new Map<string, number>() };
      found.set(work.kind, sums);
      sums.samples++;
      sums.wallNanos += stored.wallNanos[sample]!;
      sums.names.set(work.name, (sums.names.get(work.name) ?? 0) + 1);
    }
  }
  return [...found].filter(([, sums]) => leastShare(sums.samples, samples) >= LEAST_SHARE).map(([kind, sums]): Finding => {
    const [[main] = ['']] = [...sums.names].sort(([, a], [, b]) => b - a);
    return {
      kind: 'synchronous-work',
      title: `Synchronous ${kind} work (${main}) takes ${percent(sums.wallNanos, wallNanos)} of the time that ${name} has on the thread. Nothing else runs on it meanwhile.`,
      evidence: `${samplesText(sums.samples, samples, selected)}, ${formatDuration(sums.wallNanos)} in all. ${ADVICE[kind]}`,
      samples: sums.samples,
      ...place,
      frame: main,
    };
  });
}

/** By stack: the outermost frame of the kind counts, which is the one that the application or a library called. */
function workOfStacks({ profile }: StoredProfile): readonly (Work | undefined)[] {
  const { parent, location } = profile.stacks;
  const ofFunction = Array.from({ length: profile.functions.length }, (_, fn) => workOfFunction(profile, fn));
  const works: (Work | undefined)[] = [undefined];
  for (let stack = 1; stack < parent.length; stack++) works.push(works[parent[stack]!] ?? ofFunction[profile.locations.function[location[stack]!]!]);
  return works;
}

const CRYPTO = /^node:(?:crypto|internal\/crypto\/)/;
const OTHERS: readonly (readonly [kind: Work['kind'], file: RegExp])[] = [
  ['fs', /^node:(?:fs$|internal\/fs\/)/],
  ['zlib', /^node:zlib$/],
  ['child process', /^node:(?:child_process$|internal\/child_process)/],
];
/** Functions of widely used libraries that do nothing but call JSON. */
const JSON_CALLERS: readonly (readonly [name: string, file: RegExp])[] = [
  ['stringify', /[/\\]express[/\\]lib[/\\]response\.js$/],
  ['parse', /[/\\]body-parser[/\\]lib[/\\]types[/\\]json\.js$/],
];

function workOfFunction({ strings, functions }: Profile, fn: number): Work | undefined {
  const name = strings[functions.name[fn]!]!;
  const file = strings[functions.filename[fn]!]!;
  // What crypto does on a JavaScript thread is synchronous, whatever it is called.
  if (CRYPTO.test(file)) return { kind: 'crypto', name };
  if (/^JSON\.(?:parse|stringify)$/.test(name) && file === '') return { kind: 'JSON', name };
  if (JSON_CALLERS.some(([caller, pattern]) => caller === name && pattern.test(file))) return { kind: 'JSON', name };
  if (!/Sync|^syncBufferWrapper$/.test(name)) return undefined;
  const kind = OTHERS.find(([, pattern]) => pattern.test(file))?.[0];
  return kind === undefined ? undefined : { kind, name };
}
