import { expect, test } from 'vitest';
import { sectionsOf, withSections } from '../src/benchmark-document.ts';
import type { Benchmarks } from '../src/benchmark-document.ts';
import type { Row } from '../src/row.ts';
import { lineChart } from '../src/text-chart.ts';
import { markdownTable, tableOf, terminalTable } from '../src/table.ts';

const row: Row = {
  name: 'loop', title: 'A loop', explanation: 'Runs a loop.', variants: ['plain', 'ours', 'dd-trace'], alsoOn26: false, rounds: 3,
  measures: [
    { name: 'time', label: 'time of a turn', unit: 'µs', digits: 1, comparison: 'percent', target: { atMost: 3, text: '≤ +3 %' } },
    { name: 'size', label: 'size', unit: 'MB', digits: 0, comparison: 'difference' },
    { name: 'pause', label: 'pause', unit: 'ms', digits: 1, comparison: 'none', target: { atMost: 15, text: '≤ 15 ms' } },
    { name: 'unknown', label: 'what nobody measured', unit: 's', digits: 0, comparison: 'none' },
  ],
  measure: () => Promise.resolve({}),
};

const result = {
  row: 'loop', node: '24', date: '2026-01-02',
  rounds: {
    plain: [{ time: 100, size: 50 }, { time: 200, size: 50 }, { time: 100, size: 50 }],
    ours: [{ time: 110, size: 60, pause: 12 }, { time: 220, size: 61, pause: 11 }, { time: 102, size: 62, pause: 13 }],
    'dd-trace': [{ time: 300, size: 1_234 }, { time: 300, size: 1_234 }, { time: 300, size: 1_234 }],
  },
} as const;

const benchmarks: Benchmarks = {
  machine: { cpu: 'A | CPU', cores: 2, memoryGigabytes: 4, system: 'linux x64', nodes: { 24: '24.21.0' }, versions: { express: '5.0.0' } },
  rows: [result],
};

test('shows the median, the middle half and what was added, and marks a target that is missed', () => {
  expect(tableOf(row, result)).toEqual([
    ['', 'target', 'plain OTel', 'Flamespan', 'dd-trace'],
    ['time of a turn, µs', '≤ +3 %', '100.0 (100.0 to 150.0)', '110.0 (106.0 to 165.0) · +10.0 (6.0 to 10.0) % ✗', '300.0 (300.0 to 300.0)'],
    ['size, MB', '', '50 (50 to 50)', '61 (61 to 62) · +11 (11 to 12)', '1,234 (1,234 to 1,234)'],
    ['pause, ms', '≤ 15 ms', '–', '12.0 (11.5 to 12.5)', '–'],
  ]);
});

test('writes the same as Markdown and for a terminal', () => {
  expect(markdownTable([['', 'a'], ['x|y', '1']])).toBe('|  | a |\n|---|---|\n| x\\|y | 1 |');
  const text = terminalTable(tableOf(row, result));
  expect(text).toContain('time of a turn, µs (target ≤ +3 %)\n  plain OTel  100.0');
  expect(text.split('\n').every((line) => line.length < 120)).toBe(true);
});

test('shows in the summary whether targets are met, by what they compare', () => {
  const summary = sectionsOf(benchmarks, [row]).get('summary');
  expect(summary).toContain('| A loop: time of a turn | ≤ +3 % | **no** | +10 % | – |');
  expect(summary).toContain('| A loop: pause | ≤ 15 ms | yes | 12 ms | – |');
});

test('has a section for each row that was measured', () => {
  const sections = sectionsOf(benchmarks, [row, { ...row, name: 'other' }]);
  expect([...sections.keys()]).toEqual(['machine', 'summary', 'loop']);
  expect(sections.get('loop')).toContain('Node 24, 2026-01-02, 3 rounds:');
  expect(sections.get('machine')).toContain('A | CPU, 2 cores, 4 GB');
});

test('replaces what stands between its markers, and nothing else', () => {
  const written = withSections('# Title\n\nBy hand.\n', new Map([['one', 'first'], ['two', 'second']]));
  const edited = written.replace('<!-- bench:two:start -->', (start) => `## Before and after\n\nBy hand too, with $& in it.\n\n${start}`);
  const again = withSections(edited, new Map([['one', 'anew: $& $1'], ['two', 'second'], ['three', 'third']]));
  expect(again).toBe([
    '# Title', '', 'By hand.', '', '<!-- bench:one:start -->', 'anew: $& $1', '<!-- bench:one:end -->', '', '## Before and after', '', 'By hand too, with $& in it.', '',
    '<!-- bench:two:start -->', 'second', '<!-- bench:two:end -->', '', '<!-- bench:three:start -->', 'third', '<!-- bench:three:end -->', '',
  ].join('\n'));
  expect(withSections(again, new Map([['one', 'anew: $& $1']]))).toBe(again);
});

test('puts a new section behind the one before it, whatever was written first', () => {
  const soakFirst = withSections('# Title\n', new Map([['machine', 'm'], ['soak', 's']]));
  const all = withSections(soakFirst, new Map([['machine', 'm'], ['cpu', 'c'], ['work', 'w'], ['soak', 's']]));
  expect(all.match(/(?<=bench:)\w+(?=:start)/g)).toEqual(['machine', 'cpu', 'work', 'soak']);
  expect(all).not.toMatch(/\n{3}/);
});

test('refuses a document whose markers are broken rather than to lose text', () => {
  expect(() => withSections('<!-- bench:one:end -->\nBy hand.', new Map([['one', 'x']]))).toThrow('needs <!-- bench:one:start --> before');
  expect(() => withSections('<!-- bench:one:end -->\n<!-- bench:one:start -->', new Map([['one', 'x']]))).toThrow('needs');
});

test('draws a line of blocks between the least and the most', () => {
  expect(lineChart('MB', [1, 2, 3, 8])).toBe('MB        1.0 to 8.0  ▁▂▃█');
  expect(lineChart('MB', [4, 4])).toBe('MB        4.0 to 4.0  ▁▁');
});
