import { describe, expect, it } from 'vitest';
import type { ServiceState } from '../../src/api/answers.ts';
import { defaultChoice, diffAddress, diffQuery, presets } from '../src/views/diff/diff-address.ts';
import { endpointOf, endpointOptions, optionOf } from '../src/views/diff/endpoint-options.ts';
import { rangeBetween } from '../src/views/diff/range-between.ts';

const addressOf = (text: string) => diffAddress(new URLSearchParams(text));
const service = (name: string, versions: readonly string[]): ServiceState => ({
  service: name, versions, hosts: [], threads: [], endpoints: [], spans: 0, profiles: 0, samples: 0, linkedSamples: 0, heapSamples: 0, samplingIntervalNanos: null,
});
const HELD = { from: 1_000_000, to: 1_600_000 };

describe('what is compared', () => {
  it('is read from the address and asked of the API', () => {
    expect(diffQuery(addressOf('service=shop&endpoint=GET+/a&by=version&base.version=1&other.version=2&type=wall&base.from=5&base.to=6'))).toEqual({
      'type': 'wall', 'base.service': 'shop', 'other.service': 'shop', 'base.endpoint': ['GET /a'], 'other.endpoint': ['GET /a'], 'base.version': '1', 'other.version': '2',
    });
    expect(diffQuery(addressOf('base.from=1&base.to=2&other.from=3&other.to=4'))).toEqual({ 'type': 'cpu', 'base.from': 1, 'base.to': 2, 'other.from': 3, 'other.to': 4 });
  });

  it('is nothing while a side is missing or makes no sense', () => {
    expect(diffQuery(addressOf('by=version&base.version=1'))).toBeNull();
    expect(diffQuery(addressOf('base.from=1&base.to=2&other.from=4&other.to=3'))).toBeNull();
    expect(diffQuery(addressOf('base.from=1&base.to=2&other.from=&other.to='))).toBeNull();
    expect(diffQuery(addressOf('base.from=1&base.to=2&other.from=x&other.to=9'))).toBeNull();
    expect(diffQuery(addressOf('base.from=1&base.to=2&other.from=3&other.to=1e300'))).toBeNull();
  });

  it('is at first the two versions that were seen last, of a service that has two, whatever they are called', () => {
    const services = [service('a', ['1']), service('shop', ['1.10.0', 'f00d', '0b5e'])];
    expect(defaultChoice(addressOf(''), services, HELD, false)).toEqual({ 'by': 'version', 'service': 'shop', 'base.version': 'f00d', 'other.version': '0b5e' });
    expect(defaultChoice(addressOf('service=a'), services, HELD, false)).toMatchObject({ 'by': 'time', 'base.from': 1_000_000, 'other.from': 1_300_000 });
    expect(defaultChoice(addressOf('by=time'), services, HELD, true)).toMatchObject({ by: 'time' });
    expect(defaultChoice(addressOf('by=version&service=a'), services, HELD, true)).toBeNull();
  });

  it('stays what the address says', () => {
    expect(defaultChoice(addressOf('base.from=1&base.to=2&other.from=3&other.to=4'), [service('shop', ['1', '2'])], HELD, false)).toBeNull();
    expect(defaultChoice(addressOf('by=version&base.version=1&other.version=1'), [service('shop', ['1', '2'])], HELD, true)).toBeNull();
  });

  it('can be ranges that fit into what is held', () => {
    expect(presets(HELD).map(({ label }) => label)).toEqual(['Last 1 min against the 1 before', 'Last 5 min against the 5 before', 'Second half against the first']);
    expect(presets(HELD)[1]).toMatchObject({ base: { from: 1_000_000, to: 1_300_000 }, other: { from: 1_300_000, to: 1_600_000 } });
    expect(presets({ from: 0, to: 30_000 })).toHaveLength(1);
  });

  it('can be dragged, in either direction and beyond the ends', () => {
    expect(rangeBetween(HELD, 0.75, 0.25)).toEqual({ from: 1_150_000, to: 1_450_000 });
    expect(rangeBetween(HELD, 0.5, 4)).toEqual({ from: 1_300_000, to: 1_600_000 });
    expect(rangeBetween(HELD, 0.5, 0.501)).toBeNull();
  });
});

describe('the select of endpoints', () => {
  const shown = (chosen: readonly string[]): string | undefined => [{ value: '', label: 'all' }, ...endpointOptions(['GET /a', 'GET /b'], chosen)].find(({ value }) => value === optionOf(chosen))?.label;

  it('shows what is compared, also work for no endpoint and several', () => {
    expect([[], ['GET /b'], [''], ['GET /a', '']].map(shown)).toEqual(['all', 'GET /b', 'work for no endpoint', '2 endpoints']);
  });

  it.each([[[], ['GET /a', '']], [['GET /a'], [null, '']], [[''], [null, 'GET /a']], [['GET /a', 'GET /b'], [null, 'GET /a', '']]])('leads from %j to any other', (chosen, others) => {
    // A select tells of a change only.
    const changes = ['', ...endpointOptions(['GET /a'], chosen).map(({ value }) => value)].filter((value) => value !== optionOf(chosen));
    expect(changes.map((value) => endpointOf(value || null))).toEqual(others);
  });

  it('names each option once', () => {
    const values = endpointOptions(['GET /a'], ['GET /a', '']).map(({ value }) => value);
    expect(new Set(['', ...values]).size).toBe(values.length + 1);
  });
});
