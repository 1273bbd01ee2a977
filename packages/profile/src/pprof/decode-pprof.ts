import { INUSE_OBJECTS, WALL, WIRE_TYPES } from '../otlp/conventions.ts';
import { ProfileDecodeError } from '../otlp/decode-error.ts';
import { ElementBudget, withDefaultLimits } from '../otlp/decode-limits.ts';
import type { DecodeLimits } from '../otlp/decode-limits.ts';
import type { IgnoredSampleType } from '../otlp/to-profiles.ts';
import { HeapSums } from '../heap-sums.ts';
import type { HeapValues } from '../heap-sums.ts';
import { LinkedSpanTable } from '../linked-span-table.ts';
import type { Profile, ProfileType } from '../profile.ts';
import { createProfileBuilder } from '../profile-builder.ts';
import type { PprofProfile } from './messages.ts';
import { PprofTables } from './pprof-tables.ts';
import { readPprof } from './pprof-wire.ts';
import { SampleLabelReader } from './sample-label-reader.ts';

export interface DecodedPprof {
  readonly profile: Profile;
  /** Sample types that a Profile has no place for. */
  readonly ignored: readonly IgnoredSampleType[];
  /** The producer's text for people. */
  readonly comments: readonly string[];
}

/**
 * The Profile in a pprof message, of any producer: its sample types `wall`/`nanoseconds`, `cpu`/`nanoseconds`,
 * `inuse_objects`/`count`, `inuse_space`/`bytes`, `alloc_objects`/`count` and `alloc_space`/`bytes`, and the labels that {@link pprofFileLabels} writes; string labels
 * beyond these are the user's own. Inlined functions become frames of their own. A sample without a time has the start of
 * the window; `thread.name` is the Profile's if all samples have the same.
 *
 * pprof says nothing of resource, scope, thread id, local roots, kinds of frames and calls: these are empty, and the link
 * scope is `'span'`.
 *
 * @throws {@link ProfileDecodeError} if the bytes are not a valid message (compressed ones are named as such), exceed a
 * limit, or refer to what is not there.
 */
export function decodePprof(bytes: Uint8Array, limits?: DecodeLimits): DecodedPprof {
  return decodePprofProfile(readPprof(bytes, limits), limits);
}

function decodePprofProfile(pprof: PprofProfile, limits: DecodeLimits | undefined): DecodedPprof {
  const budget = new ElementBudget(withDefaultLimits(limits).maxElements);
  const builder = createProfileBuilder();
  const tables = new PprofTables(pprof, builder, budget);
  const spans = new LinkedSpanTable(builder, budget);
  const labels = new SampleLabelReader(tables, builder, spans, budget);
  const columns = columnsOf(pprof, tables);
  const startTimeUnixNano = pprof.timeNanos > 0n ? pprof.timeNanos : 0n;
  const heap = new HeapSums();
  for (const { locationId, value, label } of pprof.sample) {
    if (value.length !== pprof.sampleType.length) {
      throw new ProfileDecodeError('ERR_INVALID_SAMPLE', `a Sample has ${value.length} values, but there are ${pprof.sampleType.length} sample types`);
    }
    budget.charge(6);
    const at = (name: ColumnName): bigint => value[columns.at[name]] ?? 0n;
    const stack = tables.stack(locationId);
    const { span, labelSet } = labels.identityOf(label);
    const [wall, cpu] = [at('wall'), at('cpu')];
    if (wall !== 0n || cpu !== 0n) builder.addSample(stack, span, labels.timeOf(label) ?? startTimeUnixNano, wall, cpu, labelSet);
    for (const [name, column] of HEAP_COLUMNS) if (at(name) !== 0n) heap.add(stack, column, at(name));
  }
  heap.moveTo(builder);
  const periodUnit = tables.valueType(pprof.periodType).unit;
  const profile = builder.build({
    startTimeUnixNano,
    durationNanos: pprof.durationNanos > 0n ? pprof.durationNanos : 0n,
    resource: { attributes: {} },
    scope: { name: '' },
    thread: { id: 0, name: labels.threadName },
    linkScope: 'span',
    types: columns.types,
    samplingIntervalNanos: periodUnit === WALL.periodUnit ? pprof.period : 0n,
    heapIntervalBytes: periodUnit === INUSE_OBJECTS.periodUnit ? pprof.period : 0n,
  });
  return { profile: { ...profile, spans: spans.build() }, ignored: columns.ignored, comments: pprof.comment.map((index) => tables.string(index)) };
}

type HeapColumnName = 'inuse_objects' | 'inuse_space' | 'alloc_objects' | 'alloc_space';
type ColumnName = 'wall' | 'cpu' | HeapColumnName;

const HEAP_COLUMNS: readonly (readonly [HeapColumnName, keyof HeapValues])[] = [
  ['inuse_objects', 'objects'], ['inuse_space', 'bytes'], ['alloc_objects', 'allocatedObjects'], ['alloc_space', 'allocatedBytes'],
];

interface Columns {
  /** Position of the values, -1 = there are none. */
  readonly at: Readonly<Record<ColumnName, number>>;
  readonly types: readonly ProfileType[];
  readonly ignored: readonly IgnoredSampleType[];
}

function columnsOf(pprof: PprofProfile, tables: PprofTables): Columns {
  const at: Record<ColumnName, number> = {
    wall: -1, cpu: -1, inuse_objects: -1, inuse_space: -1, alloc_objects: -1, alloc_space: -1,
  };
  const types = new Set<ProfileType>();
  const ignored: IgnoredSampleType[] = [];
  for (const [position, sampleType] of pprof.sampleType.entries()) {
    const { type, unit } = tables.valueType(sampleType);
    const wireType = WIRE_TYPES.find((known) => known.type === type && known.unit === unit);
    if (wireType === undefined || at[type as ColumnName] !== -1) {
      ignored.push({ sampleType: type, sampleUnit: unit, profiles: 1, samples: pprof.sample.length });
    } else {
      at[type as ColumnName] = position;
      types.add(wireType.profileType);
    }
  }
  return { at, types: [...types], ignored };
}
