import { describe, expect, it } from 'vitest';
import type { FrameTable } from '../../src/call-tree/call-tree.ts';
import { shortPlace } from '../src/flame-graph/short-place.ts';

function places(...files: readonly (readonly [filename: string, origin: FrameTable['origin'][number]])[]): string[] {
  const frames: FrameTable = {
    name: files.map(() => 'f'), filename: files.map(([filename]) => filename), line: files.map(() => 7),
    origin: files.map(([, origin]) => origin), packageName: files.map(() => ''),
  };
  return files.map((_, frame) => shortPlace(frames, frame));
}

describe('the place of a function', () => {
  it('begins where own files part, and with the name of the package', () => {
    expect(places(
      ['/srv/shop/src/routes/list.ts', 'own'], ['/srv/shop/src/sort.ts', 'own'], ['/srv/shop/node_modules/.pnpm/a@1/node_modules/@a/b/index.js', 'library'],
      ['node:fs', 'runtime'], ['', 'engine'],
    )).toEqual(['routes/list.ts:7', 'sort.ts:7', '@a/b/index.js:7', 'node:fs:7', '']);
  });

  it('does not cut names of files, and knows the separators of other systems', () => {
    expect(places(['/srv/shop.ts', 'own'], ['/srv/shopping.ts', 'own'])).toEqual(['shop.ts:7', 'shopping.ts:7']);
    expect(places(['C:\\shop\\a.ts', 'own'], ['C:\\shop\\b\\c.ts', 'own'])).toEqual(['a.ts:7', 'b\\c.ts:7']);
    expect(places(['/one.ts', 'own'], ['file:///two.ts', 'own'])).toEqual(['/one.ts:7', 'file:///two.ts:7']);
  });
});
