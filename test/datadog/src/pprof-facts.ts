import { Profile } from 'pprof-format';
import type { Label, Location, Sample } from 'pprof-format';
import { shapeOf } from './value-shape.ts';

type Facts = Map<string, string>;

/** Samples that both tracers should have, by a function that is somewhere in their stacks. */
const TIMED_KINDS: Readonly<Record<string, string>> = {
  sortOrders: 'of a span',
  countStock: "of a span, with the user's label",
  renderPage: 'of a request',
  workInTheDark: 'of a trace that is not sampled',
  tidyUp: 'outside of spans',
  'Non JS threads activity': 'of other threads',
  '(idle)': 'without work',
};
const HEAP_KINDS: Readonly<Record<string, string>> = { keepOrders: 'of live objects', '(external)': 'of memory outside of the heap' };
/** Their values are the same in every run; of other labels only the type is. */
const STABLE_LABELS = new Set(['thread name', 'thread id', 'trace endpoint', 'tenant']);

/** What can be said of pprof files that are alike, such as the wall.pprof of each upload. */
export function pprofFacts(name: string, files: readonly Uint8Array[]): Facts {
  const profiles = files.map((content) => Profile.decode(content));
  const [profile] = profiles;
  if (profile === undefined) return new Map();
  const { sampleType, periodType, mapping, comment, timeNanos, durationNanos, defaultSampleType, dropFrames, keepFrames } = profile;
  const text = textOf(profile);
  const facts: Facts = new Map([
    [`${name}/sample types`, sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`).join(' ')],
    [`${name}/period type`, `${text(periodType?.type ?? 0)}/${text(periodType?.unit ?? 0)}`],
    [`${name}/default sample type`, text(defaultSampleType) === '' ? 'none' : text(defaultSampleType)],
    [`${name}/time`, Number(timeNanos) > 0 ? 'set' : 'not set'],
    [`${name}/duration`, Number(durationNanos) > 0 ? 'set' : 'not set'],
    [`${name}/mappings`, String(mapping.length)],
    [`${name}/comments`, String(comment.length)],
    [`${name}/drop and keep frames`, `${text(dropFrames)}${text(keepFrames)}` === '' ? 'none' : 'set'],
  ]);
  const kinds = name === 'space.pprof' ? HEAP_KINDS : TIMED_KINDS;
  for (const [functionName, kind] of Object.entries(kinds)) {
    for (const [key, value] of kindFacts(profiles, functionName)) facts.set(`${name}/sample ${kind}/${key}`, value);
  }
  if (name === 'wall.pprof') for (const [key, value] of frameFacts(profiles, 'tidyUp')) facts.set(`${name}/frame/${key}`, value);
  return facts;
}

function kindFacts(profiles: readonly Profile[], functionName: string): Facts {
  const facts: Facts = new Map();
  const labelValues = new Map<string, string[]>();
  let count = 0;
  for (const profile of profiles) {
    const functionsOf = functionNames(profile);
    for (const sample of profile.sample) {
      if (!functionsOf(sample).includes(functionName)) continue;
      count += 1;
      for (const label of sample.label) {
        const [key, value] = describeLabel(label, textOf(profile));
        labelValues.set(key, [...(labelValues.get(key) ?? []), value]);
      }
    }
  }
  if (count === 0) return facts;
  facts.set('is there', 'yes');
  for (const [key, values] of labelValues) {
    // Requests under way at the end of a window may not have their endpoint yet, and a span may end before its sample.
    if (values.length * 2 > count) facts.set(`label ${key}`, mostCommon(values));
  }
  return facts;
}

function describeLabel({ key, str, num, numUnit }: Label, text: (index: number | bigint) => string): [key: string, value: string] {
  const name = text(key);
  if (Number(str) === 0) return [name, `numeric${Number(numUnit) === 0 ? '' : ` in ${text(numUnit)}`}${Number(num) === 0 ? ', 0' : ''}`];
  return [name, STABLE_LABELS.has(name) ? `"${text(str)}"` : `text, ${shapeOf(name, text(str))}`];
}

/** Of a function that is in the samples of time only. */
function frameFacts(profiles: readonly Profile[], functionName: string): Facts {
  const facts: Facts = new Map();
  for (const profile of profiles) {
    const text = textOf(profile);
    const anonymous = profile.function.map(({ name }) => text(name)).find((name) => name.startsWith('(anonymous'));
    const fn = profile.function.find(({ name }) => text(name) === functionName);
    const location = profile.location.find((candidate) => Number(candidate.line[0]?.functionId) === Number(fn?.id));
    if (fn === undefined || location === undefined) continue;
    if (anonymous !== undefined) facts.set('name of a function without one', anonymous.replaceAll(/\d+/g, '…'));
    const [line] = location.line;
    facts.set('file name', text(fn.filename).replace(/^\/.*\//, '/…/'));
    facts.set('system name', text(fn.systemName) === text(fn.name) ? 'the name' : text(fn.systemName));
    facts.set('line of the definition', Number(fn.startLine) > 0 ? 'set' : 'not set');
    facts.set('line', Number(line?.line) > 0 ? 'set' : 'not set');
    facts.set('column', Number(line?.column) > 0 ? 'set' : 'not set');
    facts.set('lines of a location', String(location.line.length));
  }
  return facts;
}

function functionNames(profile: Profile): (sample: Sample) => string[] {
  const text = textOf(profile);
  const functions = new Map(profile.function.map((fn) => [Number(fn.id), text(fn.name)]));
  const locations = new Map(profile.location.map((location: Location) => [Number(location.id), functions.get(Number(location.line[0]?.functionId)) ?? '']));
  return ({ locationId }) => locationId.map((id) => locations.get(Number(id)) ?? '');
}

function textOf({ stringTable }: Profile): (index: number | bigint) => string {
  return (index) => stringTable.strings[Number(index)] ?? '';
}

function mostCommon(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}
