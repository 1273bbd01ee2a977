import { expect, test } from 'vitest';
import { BenchError, helpText, parseOptions } from '../src/options.ts';
import { ROWS } from '../src/rows.ts';
import { plan } from '../src/run-rows.ts';
import { VARIANT_NAMES, VARIANTS } from '../src/variants.ts';

const namesOf = (...args: string[]): string[] => parseOptions(args, ROWS).rows.map(({ name }) => name);

test('measures all rows that are not by their name only, and writes, where nothing is said', () => {
  const options = parseOptions([], ROWS);
  expect(options).toMatchObject({ full: true, write: true, rounds: undefined, variants: undefined, nodes: ['24', '26'], minutes: 10 });
  expect(namesOf()).toEqual(ROWS.map(({ name }) => name).filter((name) => !name.startsWith('soak')));
});

test('measures one row alone, and does not write', () => {
  const options = parseOptions(['cpu', '--rounds', '2', '--variants', 'ours', '--node', '26'], ROWS);
  expect(options).toMatchObject({ full: false, write: false, rounds: 2, variants: ['ours'], nodes: ['26'] });
  expect(plan(options)).toMatchObject([{ row: { name: 'cpu' }, node: '26', rounds: 2, variants: ['plain', 'ours'] }]);
  expect(namesOf('soak', '--minutes', '0.5')).toEqual(['soak']);
});

test('writes less than everything only when told', () => {
  expect(parseOptions(['--rounds', '1'], ROWS)).toMatchObject({ full: false, write: false });
  expect(parseOptions(['cpu', '--write'], ROWS)).toMatchObject({ full: false, write: true });
});

test.each([
  [['nonsense'], `There is no row "nonsense". The rows are: ${ROWS.map(({ name }) => name).join(', ')}.`],
  [['cpu', '--variants', 'ours,datadog'], '--variants takes plain, ours, dd-trace, splunk, pyroscope, dd-trace-tracing, splunk-tracing, @datadog/pprof, one or several with commas, not "datadog".'],
  [['cpu', '--variants', ''], 'not ""'],
  [['cpu', '--node', '22'], '--node takes 24, 26, one or several with commas, not "22".'],
  [['cpu', '--rounds', '0'], '--rounds takes a whole number from 1 to 1000, not "0".'],
  [['cpu', '--rounds', '1.5'], '--rounds takes a whole number'],
  [['cpu', '--rounds', 'many'], 'not "many"'],
  [['cpu', '--rounds', ' '], 'not " "'],
  [['soak', '--minutes', '-1'], '--minutes'],
  [['--round', '2'], "Unknown option '--round'. `pnpm bench --help` lists the options."],
])('refuses %j in words that help', (args, message) => {
  expect(() => parseOptions(args, ROWS)).toThrow(BenchError);
  expect(() => parseOptions(args, ROWS)).toThrow(message);
});

test('names every row, variant and option in its help', () => {
  const help = helpText(ROWS);
  for (const word of [...ROWS.map(({ name }) => name), ...VARIANT_NAMES, '--rounds', '--variants', '--node', '--minutes', '--write', '--help']) expect(help).toContain(word);
});

test('measures each profiler together with what it is compared with', () => {
  for (const { row, variants } of plan(parseOptions(['cpu', '--variants', 'splunk,dd-trace'], ROWS))) {
    expect(row.name).toBe('cpu');
    expect(variants).toEqual(['dd-trace', 'splunk', 'dd-trace-tracing', 'splunk-tracing']);
  }
});

test('has on Node 26 what is plain and ours only', () => {
  const on26 = plan(parseOptions([], ROWS)).filter(({ node }) => node === '26');
  expect(on26.map(({ row }) => row.name)).toContain('cpu');
  for (const { variants } of on26) expect(variants).toEqual(['plain', 'ours']);
});

test('has rows and measures that can be told apart', () => {
  expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length);
  for (const { measures, variants } of ROWS) {
    expect(new Set(measures.map(({ name }) => name)).size).toBe(measures.length);
    for (const variant of variants) expect(VARIANTS[variant].settings).not.toBe('');
  }
});
