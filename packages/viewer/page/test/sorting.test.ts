import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortAfterClick, sortedBy } from '../src/design/sorting.ts';

interface Row {
  readonly name: string;
  readonly value: number | null;
}
const COLUMNS = [
  { name: 'name', sortValue: ({ name }: Row) => name },
  { name: 'value', sortValue: ({ value }: Row) => value },
  { name: 'trend' },
];
const rows: Row[] = [{ name: 'b', value: 2 }, { name: 'a10', value: null }, { name: 'a9', value: 10 }, { name: 'c', value: 2 }];
const names = (sort: string): string[] => sortedBy(rows, COLUMNS, sort).map(({ name }) => name);

describe('sorting a table', () => {
  it('goes by figures and by texts as readers count', () => {
    expect(names('-value')).toEqual(['a9', 'b', 'c', 'a10']);
    expect(names('name')).toEqual(['a9', 'a10', 'b', 'c']);
    expect(names('-name')).toEqual(['c', 'b', 'a10', 'a9']);
  });

  it('puts what is unknown last, both ways', () => {
    expect(names('value').at(-1)).toBe('a10');
    expect(names('-value').at(-1)).toBe('a10');
  });

  it('leaves the order where no such column can be sorted by', () => {
    expect(names('trend')).toEqual(['b', 'a10', 'a9', 'c']);
    expect(names('nonsense')).toEqual(['b', 'a10', 'a9', 'c']);
  });

  it('keeps the order of equal rows, and all of them', () => {
    fc.assert(fc.property(fc.array(fc.record({ name: fc.string(), value: fc.option(fc.integer({ min: 0, max: 3 })) })), (some) => {
      const sorted = sortedBy(some, COLUMNS, '-value');
      expect([...sorted].sort((a, b) => some.indexOf(a) - some.indexOf(b))).toEqual(some);
      for (const value of [null, 0, 1, 2, 3]) {
        const equal = (row: Row): boolean => row.value === value;
        expect(sorted.filter(equal)).toEqual(some.filter(equal));
      }
    }));
  });

  it('begins with the most of figures and with A, and turns around at the second click', () => {
    expect(sortAfterClick('name', 'value', true)).toBe('-value');
    expect(sortAfterClick('-value', 'value', true)).toBe('value');
    expect(sortAfterClick('-value', 'name', false)).toBe('name');
    expect(sortAfterClick('name', 'name', false)).toBe('-name');
  });
});
