import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeOtlp } from '@flamespan/profile';
import { differencesBetween, differencesTable, judgeDifferences, readAllowedDifferences } from '../src/differences.ts';
import type { CapturedUpload } from '../src/capture-server.ts';
import { captureOf } from '../src/run-app.ts';
import { uploadFacts } from '../src/upload-facts.ts';
import type { Facts } from '../src/upload-facts.ts';
import { sumsOfDatadog, sumsOfProfiles } from '../src/sums.ts';
import type { Sums } from '../src/sums.ts';
import { readUpload } from '../../../packages/exporter-datadog/test/support/uploads.ts';

const allowed = readAllowedDifferences();
/** A sign of every kind of sample that the comparison is about. */
const COMPARED: readonly string[] = [
  'wall.pprof/sample of a span/label span id',
  'wall.pprof/sample of a span/label local root span id',
  'wall.pprof/sample of a span/label trace endpoint',
  "wall.pprof/sample of a span, with the user's label/label tenant",
  'wall.pprof/sample of a request/label trace endpoint',
  'wall.pprof/sample of a trace that is not sampled/label trace endpoint',
  'wall.pprof/sample outside of spans/label end_timestamp_ns',
  'wall.pprof/sample of other threads/is there',
  'space.pprof/sample of live objects/label thread name',
  'event/endpoint_counts/GET /orders/:id',
  'tag/runtime-id',
];
const hasEveryKind = async (uploads: readonly CapturedUpload[]): Promise<boolean> => {
  const facts = await uploadFacts(uploads);
  return COMPARED.every((field) => facts.has(field));
};

describe('the same service under Flamespan and under dd-trace 6.21', () => {
  let flamespan: Facts;
  let ddTrace: Facts;
  let inOtlp: Sums;
  let inDatadog: Sums;

  beforeAll(async () => {
    const [ours, theirs] = await Promise.all([captureOf('flamespan', hasEveryKind), captureOf('dd-trace', hasEveryKind)]);
    flamespan = await uploadFacts(ours.uploads);
    ddTrace = await uploadFacts(theirs.uploads);
    inOtlp = sumsOfProfiles(ours.otlp.flatMap((body) => decodeOtlp(body).profiles));
    inDatadog = sumsOfDatadog(await Promise.all(ours.uploads.map(readUpload)));
  }, 180_000);

  it('sends the same, but for the differences that are listed', () => {
    expect(judgeDifferences(differencesBetween(flamespan, ddTrace), allowed)).toEqual({ unexpected: [], stale: [] });
  });

  // Otherwise nothing would differ because nothing was there.
  it('has every kind of sample that the comparison is about', () => {
    for (const field of COMPARED) {
      expect.soft([field, flamespan.has(field), ddTrace.has(field)]).toEqual([field, true, true]);
    }
  });

  it('has the same CPU and wall time of each span and endpoint at Datadog and in OTLP', () => {
    expect(inDatadog.bySpan.size).toBeGreaterThan(10);
    expect([...inDatadog.byEndpoint.keys()].sort()).toEqual(['GET /dark', 'GET /orders/:id', 'GET /stock']);
    expect(inDatadog).toEqual(inOtlp);
  });
});

describe('the list of differences', () => {
  it('is the table in the README of the exporter', () => {
    const readme = readFileSync(new URL('../../../packages/exporter-datadog/README.md', import.meta.url), 'utf8');
    expect(readme).toContain(differencesTable(allowed));
  });

  it('is refused when an entry is stale or a difference is new', () => {
    const facts = (entries: Record<string, string>): Facts => new Map(Object.entries(entries));
    const differences = differencesBetween(facts({ a: '1', same: 'x', 'deep/b': '2' }), facts({ a: '2', same: 'x', 'settings/c': '3' }));
    const entry = { flamespan: 'absent', ddTrace: '…', reason: 'r' };
    expect(judgeDifferences(differences, [{ field: 'a', flamespan: '1', ddTrace: '2', reason: 'r' }, { ...entry, field: 'settings/*' }])).toEqual({
      unexpected: [{ field: 'deep/b', flamespan: '2', ddTrace: 'absent' }],
      stale: [],
    });
    const stale = [{ field: 'same', flamespan: 'x', ddTrace: 'y', reason: 'r' }, { field: 'a', flamespan: '1', ddTrace: '3', reason: 'r' }, { ...entry, field: 'gone/*' }, { ...entry, field: 'deep/*' }];
    expect(judgeDifferences(differences, stale).stale).toEqual(stale);
  });
});
