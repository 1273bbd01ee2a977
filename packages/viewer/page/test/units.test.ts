import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, formatBytes, formatCount, formatDuration, formatMoment, formatShare, formatShortSpanNote, formatWholeShare, parseDuration } from '../src/format/units.ts';

describe('durations', () => {
  it.each([
    [0, '0 ms'], [1, '1.00 ns'], [999, '999 ns'], [1_000, '1.00 µs'], [464_000, '464 µs'], [999_600, '1.00 ms'], [10_101_000, '10.1 ms'],
    [99_960_000, '100 ms'], [312_000_000, '312 ms'], [999_499_999, '999 ms'], [999_600_000, '1.00 s'], [1_250_000_000, '1.25 s'], [59_900_000_000, '59.9 s'],
    [59_960_000_000, '1 min'], [125_000_000_000, '2 min 5 s'], [3_600_000_000_000, '1 h'], [90_061_000_000_000, '1 d 1 h'], [-5_000_000, '-5.00 ms'],
  ])('%d ns is %s', (nanos, text) => {
    expect(formatDuration(nanos)).toBe(text);
  });

  it.each([null, undefined, NaN, Infinity])('%s is not known', (nanos) => {
    expect(formatDuration(nanos)).toBe('–');
  });

  it.each([
    ['200 ms', 200e6], ['200', 200e6], ['1.5s', 1.5e9], ['1,5 s', 1.5e9], ['80 µs', 80e3], ['80us', 80e3], ['2min', 120e9], ['1 h', 3_600e9], ['  5 MS ', 5e6], ['.5 s', 0.5e9],
  ])('reads %s', (text, nanos) => {
    expect(parseDuration(text)).toBeCloseTo(nanos, 3);
  });

  it.each(['', 'x', '1 2', '-5 ms', '5 parsec', '1.2.3 s'])('does not read "%s"', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('reads what it writes, to three digits, below a minute', () => {
    fc.assert(fc.property(fc.double({ min: 1, max: 59.9e9, noNaN: true }), (nanos) => {
      expect(Math.abs(parseDuration(formatDuration(nanos))! / nanos - 1)).toBeLessThan(0.006);
    }));
  });

  it('never writes a thousand of a unit that has a next one', () => {
    fc.assert(fc.property(fc.double({ min: 1, max: 59.9e9, noNaN: true }), (nanos) => {
      expect(Number.parseFloat(formatDuration(nanos))).toBeLessThan(1_000);
    }));
  });
});

describe('other figures', () => {
  it.each([[0, '0 B'], [1_023, '1023 B'], [1_024, '1.00 KiB'], [268_435_456, '256 MiB'], [-2_048, '-2.00 KiB'], [null, '–']])('%s bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([[0, '0.0%'], [0.0004, '< 0.1%'], [-0.0004, '> -0.1%'], [0.462, '46.2%'], [1, '100%'], [1.234, '123%'], [undefined, '–']])('a share of %s is %s', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });

  it.each([[0, '0%'], [0.0001, '< 1%'], [0.0051, '1%'], [0.997, '100%'], [0.426, '43%']])('a share of %s is shortly %s', (share, text) => {
    expect(formatWholeShare(share)).toBe(text);
  });

  it('counts with the right word', () => {
    expect([countOf(0, 'sample'), countOf(1, 'sample'), countOf(12_345, 'sample'), countOf(2, 'entry', 'entries')]).toEqual(['0 samples', '1 sample', '12,345 samples', '2 entries']);
    expect(formatCount(null)).toBe('–');
  });

  it('leaves the date out today only', () => {
    const now = new Date(2026, 10, 21, 12, 0, 0).getTime();
    expect(formatMoment(new Date(2026, 10, 21, 9, 5, 7, 42).getTime(), now)).toBe('09:05:07.042');
    expect(formatMoment(new Date(2026, 10, 20, 23, 59, 59, 7).getTime(), now)).toBe('2026-11-20 23:59:59.007');
  });

  it('says what the sampling interval means for short spans', () => {
    expect(formatShortSpanNote(10_101_000)).toBe('One sample every 10.1 ms: spans shorter than 10.1 ms may have none');
    expect(formatShortSpanNote(1_000_000)).toContain('spans shorter than 1.00 ms');
    expect(formatShortSpanNote(null)).toBe('');
  });
});
