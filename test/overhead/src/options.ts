import { parseArgs } from 'node:util';
import { NODE_MAJORS } from './nodes.ts';
import type { NodeMajor } from './nodes.ts';
import type { Row } from './row.ts';
import { VARIANT_NAMES, VARIANTS } from './variants.ts';
import type { VariantName } from './variants.ts';

/** What was asked for cannot be done; the message says what would do. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}

export interface BenchOptions {
  readonly help: boolean;
  readonly rows: readonly Row[];
  /** Everything was asked for. */
  readonly full: boolean;
  /** undefined = each row's own number. */
  readonly rounds: number | undefined;
  readonly variants: readonly VariantName[] | undefined;
  readonly nodes: readonly NodeMajor[];
  readonly minutes: number;
  readonly write: boolean;
}

const DEFAULT_SOAK_MINUTES = 10;

export function parseOptions(args: readonly string[], rows: readonly Row[]): BenchOptions {
  const { values, positionals } = parsed(args);
  const chosen = positionals.map((name) => rowNamed(name, rows));
  const full = chosen.length === 0 && values.rounds === undefined && values.variants === undefined && values.node === undefined;
  return {
    help: values.help,
    rows: chosen.length > 0 ? [...new Set(chosen)] : rows.filter(({ byNameOnly = false }) => !byNameOnly),
    full,
    rounds: values.rounds === undefined ? undefined : numberOf('--rounds', values.rounds, 1, 1_000, true),
    variants: values.variants === undefined ? undefined : listOf('--variants', values.variants, VARIANT_NAMES),
    nodes: values.node === undefined ? NODE_MAJORS : listOf('--node', values.node, NODE_MAJORS),
    minutes: values.minutes === undefined ? DEFAULT_SOAK_MINUTES : numberOf('--minutes', values.minutes, 0.1, 24 * 60, false),
    write: values.write || full,
  };
}

export function helpText(rows: readonly Row[]): string {
  const nameLength = Math.max(...rows.map(({ name }) => name.length));
  return [
    'Usage: pnpm bench [row...] [options]',
    '',
    'Measures what profiling costs, each variant in processes of its own, in interleaved rounds. Without a row: all of',
    'them, and the results go into docs/benchmarks.md.',
    '',
    'Rows:',
    ...rows.map(({ name, title, byNameOnly = false }) => `  ${name.padEnd(nameLength)}  ${title}${byNameOnly ? ' (by its name only)' : ''}`),
    '',
    'Options:',
    '  --rounds N          Rounds of each row (default: its own number)',
    `  --variants a,b      Of ${VARIANT_NAMES.join(', ')}`,
    '  --node 24|26        One Node only (default: 24, and 26 for plain and ours where the row has it)',
    `  --minutes N         Length of the soak (default: ${DEFAULT_SOAK_MINUTES})`,
    '  --write             Put the results of these rows into docs/benchmarks.md',
    '  --help',
    '',
    'Variants:',
    ...VARIANT_NAMES.map((name) => `  ${name.padEnd(16)}  ${VARIANTS[name].settings.replaceAll('`', '')}`),
  ].join('\n');
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        rounds: { type: 'string' },
        variants: { type: 'string' },
        node: { type: 'string' },
        minutes: { type: 'string' },
        write: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    const [message = ''] = String(error instanceof Error ? error.message : error).split('. ');
    throw new BenchError(`${message}. \`pnpm bench --help\` lists the options.`, { cause: error });
  }
}

function rowNamed(name: string, rows: readonly Row[]): Row {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new BenchError(`There is no row "${name}". The rows are: ${rows.map((known) => known.name).join(', ')}.`);
  return row;
}

function listOf<T extends string>(option: string, given: string, known: readonly T[]): T[] {
  const names = given.split(',').map((name) => name.trim()).filter((name) => name !== '');
  const unknown = names.find((name) => !known.includes(name as T));
  if (names.length === 0 || unknown !== undefined) {
    throw new BenchError(`${option} takes ${known.join(', ')}, one or several with commas, not "${unknown ?? given}".`);
  }
  return known.filter((name) => names.includes(name));
}

function numberOf(option: string, given: string, least: number, most: number, whole: boolean): number {
  const value = given.trim() === '' ? Number.NaN : Number(given);
  if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    throw new BenchError(`${option} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${given}".`);
  }
  return value;
}
