import { describe, expect, it } from 'vitest';
import { changeRows } from '../src/flame-graph/change-rows.ts';
import { changeKind, changeScale, changeText, changeWord } from '../src/flame-graph/change.ts';
import { SCALE_STEPS, scaleColors, scaleStep } from '../src/flame-graph/flame-palette-scale.ts';
import { diffOf } from './draw-tree.ts';

const TRIALS = { base: 1_000, other: 1_000 };
const side = (samples: number, value = samples) => ({ samples, value });

describe('a change between two sides', () => {
  it('counts only where chance does not explain it', () => {
    expect(changeKind(side(100), side(300), TRIALS)).toBe('more');
    expect(changeKind(side(300), side(100), TRIALS)).toBe('less');
    expect(changeKind(side(3), side(9), TRIALS)).toBe('unclear');
    expect(changeKind(side(100), side(115), TRIALS)).toBe('unclear');
    expect(changeKind(side(0), side(200), TRIALS)).toBe('new');
    expect(changeKind(side(200), side(0), TRIALS)).toBe('gone');
    expect(changeKind(side(0), side(2), TRIALS)).toBe('unclear');
  });

  it('is none where the values agree, however many the samples', () => {
    expect(changeKind(side(100_000), side(104_000), { base: 1e6, other: 1e6 })).toBe('same');
    expect(changeKind(side(0), side(0), TRIALS)).toBe('same');
  });

  it('counts per call: twice the samples of twice the calls are no change', () => {
    expect(changeKind(side(100, 1), side(200, 1), { base: 1_000, other: 2_000 })).toBe('same');
    expect(changeKind(side(100, 1), side(200, 2), { base: 1_000, other: 1_000 })).toBe('more');
  });

  it('of memory is judged by its values', () => {
    expect(changeKind(side(1, 1_000), side(1, 9_000), null)).toBe('more');
  });

  it('lies on a scale from gone to new, a factor of two half way', () => {
    expect(changeScale(side(100), side(100), TRIALS)).toBe(0);
    expect(changeScale(side(3), side(9), TRIALS)).toBe(0);
    expect(changeScale(side(100), side(200), TRIALS)).toBeCloseTo(0.5);
    expect(changeScale(side(200), side(100), TRIALS)).toBeCloseTo(-0.5);
    expect(changeScale(side(0), side(100), TRIALS)).toBe(1);
    expect(changeScale(side(100), side(0), TRIALS)).toBe(-1);
    expect(changeScale(side(10), side(900), TRIALS)).toBe(1);
  });

  it('is said in words', () => {
    expect(changeText(100, 167)).toBe('+67%');
    expect(changeText(100, 60)).toBe('-40%');
    expect(changeText(100, 102.5)).toBe('+2.5%');
    expect(changeText(1, 3.14)).toBe('3.1 times');
    expect(changeText(1, 40)).toBe('40 times');
    expect(changeText(0, 40)).toBe('');
    expect(['more', 'less'].map((kind) => changeWord(kind as 'more' | 'less', true))).toEqual(['slower', 'faster']);
    expect(['more', 'less'].map((kind) => changeWord(kind as 'more' | 'less', false))).toEqual(['more', 'less']);
    expect(changeWord('unclear', true)).toBe('too few samples to tell');
  });
});

describe('the functions that changed', () => {
  const rows = changeRows(diffOf('main;price;spin 20\nmain;render;spin 20\nmain;old 100', 'main;price;spin 120\nmain;render;spin 20\nmain;few 3'), TRIALS);
  const said = Object.fromEntries(rows.map(({ frame, base, other, self, total }) => [frame, { base, other, self, total }]));
  const of = (name: string) => Object.values(said).find(({ base }) => nameOf(base.frame) === name)!;
  const tree = diffOf('main;price;spin 20\nmain;render;spin 20\nmain;old 100', 'main;price;spin 120\nmain;render;spin 20\nmain;few 3');
  const nameOf = (frame: number): string => tree.frames.name[frame]!;

  it('are judged in themselves and with what they called', () => {
    expect(of('spin')).toMatchObject({ self: 'more', total: 'more', base: { self: 40, totalSamples: 40 }, other: { self: 140 } });
    expect(of('price')).toMatchObject({ self: 'same', total: 'more', base: { self: 0, total: 20 }, other: { total: 120 } });
    expect(of('render')).toMatchObject({ self: 'same', total: 'same' });
    expect(of('old')).toMatchObject({ self: 'gone', total: 'gone' });
    expect(of('few')).toMatchObject({ self: 'unclear' });
  });

  it('come by growth', () => {
    expect([nameOf(rows[0]!.frame), nameOf(rows.at(-1)!.frame)]).toEqual(['spin', 'old']);
  });
});

describe('the colours of changes', () => {
  const colors = scaleColors({ less: '#0000ff', same: '#808080', more: '#ff8000' });

  it('go from one end over grey to the other, and a small change is no grey', () => {
    expect(colors).toHaveLength(2 * SCALE_STEPS + 1);
    expect([colors[0], colors[SCALE_STEPS], colors.at(-1)]).toEqual(['#0000ff', '#808080', '#ff8000']);
    expect(new Set(colors).size).toBe(colors.length);
  });

  it('have a step for each place of the scale', () => {
    expect([-1, -0.01, 0, 0.01, 1].map(scaleStep)).toEqual([0, SCALE_STEPS - 1, SCALE_STEPS, SCALE_STEPS + 1, 2 * SCALE_STEPS]);
  });
});
