import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Machine } from './machine.ts';
import { cellOf, measuresIn, targetFigure, meetsTarget, variantsIn } from './results.ts';
import type { RowResult } from './results.ts';
import type { Row } from './row.ts';
import { markdownTable, tableOf } from './table.ts';
import type { Table } from './table.ts';
import { VARIANT_NAMES, VARIANTS } from './variants.ts';

/** What the document is made of; kept as JSON beside it, so that one row can be measured anew. */
export interface Benchmarks {
  readonly machine: Machine;
  readonly rows: readonly MeasuredRow[];
}

export interface MeasuredRow extends RowResult {
  /** Day of the measurement, ISO 8601. */
  readonly date: string;
}

const DOCUMENT = new URL('../../../docs/benchmarks.md', import.meta.url);
const DATA = new URL('../../../docs/benchmarks.json', import.meta.url);

/** The results replace those of the same rows and Nodes; a full run replaces everything. */
export async function writeBenchmarks(results: readonly RowResult[], machine: Machine, full: boolean, rows: readonly Row[]): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const known = await readBenchmarks();
  // The soak is measured apart: a full run leaves it.
  const kept = known === undefined ? [] : known.rows.filter((old) =>
    !results.some(({ row, node }) => row === old.row && node === old.node) && (!full || rows.some(({ name, byNameOnly }) => name === old.row && byNameOnly)));
  const benchmarks: Benchmarks = {
    machine: { ...machine, nodes: { ...known?.machine.nodes, ...machine.nodes } },
    rows: [...kept, ...results.map((result) => ({ ...result, date }))],
  };
  const text = await readFile(DOCUMENT, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '# Benchmarks\n';
  });
  await mkdir(new URL('.', DOCUMENT), { recursive: true });
  await writeFile(DATA, `${JSON.stringify(benchmarks, undefined, 1)}\n`);
  await writeFile(DOCUMENT, withSections(text, sectionsOf(benchmarks, rows)));
}

export async function readBenchmarks(): Promise<Benchmarks | undefined> {
  try {
    return JSON.parse(await readFile(DATA, 'utf8')) as Benchmarks;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Text by the name of its markers, in the order in which a new document gets them. */
export type Sections = ReadonlyMap<string, string>;

/**
 * Replaces what stands between `<!-- bench:name:start -->` and `<!-- bench:name:end -->`, and puts what has no markers yet
 * behind the section before it. All else is written by hand, and stays.
 */
export function withSections(document: string, sections: Sections): string {
  let text = document;
  let before: string | undefined;
  for (const [name, content] of sections) {
    const start = `<!-- bench:${name}:start -->`;
    const end = `<!-- bench:${name}:end -->`;
    const from = text.indexOf(start);
    const to = text.indexOf(end);
    if (from < 0 && to < 0) {
      const at = before === undefined ? text.trimEnd().length : text.indexOf(before) + before.length;
      const after = text.slice(at).trimStart();
      text = `${text.slice(0, at)}\n\n${start}\n${content}\n${end}\n${after === '' ? '' : `\n${after}`}`;
      before = end;
      continue;
    }
    before = end;
    if (from < 0 || to < from) throw new Error(`docs/benchmarks.md needs ${start} before ${end}, once each`);
    text = `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
  }
  return text;
}

export function sectionsOf({ machine, rows: measured }: Benchmarks, rows: readonly Row[]): Sections {
  const sections = new Map([['machine', machineSection(machine)], ['summary', summarySection(measured, rows)]]);
  for (const row of rows) {
    const results = measured.filter((result) => result.row === row.name).toSorted((a, b) => a.node.localeCompare(b.node));
    if (results.length > 0) sections.set(row.name, rowSection(row, results));
  }
  return sections;
}

function machineSection({ cpu, cores, memoryGigabytes, system, nodes, versions }: Machine): string {
  return [
    `Machine: ${cpu}, ${cores} cores, ${memoryGigabytes} GB, ${system}; Node.js ${Object.values(nodes).join(' and ')}.`,
    '',
    `Versions: ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}.`,
    '',
    markdownTable([['variant', 'settings', 'compared with'], ...VARIANT_NAMES.map((name) => {
      const { label, settings, baseline } = VARIANTS[name];
      return [label, settings, baseline === undefined ? '' : VARIANTS[baseline].label];
    })]),
    '',
    'Each figure is of a process of its own. Rounds are interleaved, in an order that changes. A cell has the median of the rounds and, in brackets, ' +
      'the middle half; after the dot the median of what was added to the baseline, compared round by round.',
  ].join('\n');
}

const BASELINES: ReadonlySet<string | undefined> = new Set(VARIANT_NAMES.map((name) => VARIANTS[name].baseline));

/** The measures that have a target, on Node 24. */
function summarySection(measured: readonly MeasuredRow[], rows: readonly Row[]): string {
  const shown = VARIANT_NAMES.filter((name) => !BASELINES.has(name));
  const lines = rows.flatMap((row) => {
    const result = measured.find((candidate) => candidate.row === row.name && candidate.node === '24');
    if (result === undefined) return [];
    return measuresIn(row, result).filter(({ target }) => target !== undefined).map((measure) => {
      const met = meetsTarget(measure, cellOf(result, measure, 'ours'));
      return [
        `${row.title}: ${measure.label}`,
        measure.target?.text ?? '',
        met === undefined ? '' : met ? 'yes' : '**no**',
        ...shown.map((variant) => {
          const figure = targetFigure(measure, cellOf(result, measure, variant));
          if (figure === undefined) return '–';
          const comparison = measure.target?.comparison ?? measure.comparison;
          const unit = comparison === 'percent' ? '%' : measure.unit;
          const digits = comparison === 'percent' ? 1 : measure.digits;
          return `${comparison !== 'none' && figure > 0 ? '+' : ''}${figure.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`;
        }),
      ];
    });
  });
  return markdownTable([['Node 24', 'target', 'met', ...shown.map((name) => VARIANTS[name].label)], ...lines] satisfies Table);
}

function rowSection(row: Row, results: readonly MeasuredRow[]): string {
  return [
    `## ${row.title}`,
    '',
    `\`pnpm bench ${row.name}\`. ${row.explanation}`,
    ...results.flatMap((result) => {
      const rounds = Math.max(...variantsIn(result).map((variant) => result.rounds[variant]?.length ?? 0));
      const remarks = result.remarks === undefined ? [] : ['', result.remarks];
      return ['', `Node ${result.node}, ${result.date}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}:`, '', markdownTable(tableOf(row, result)), ...remarks];
    }),
  ].join('\n');
}
