import type { Row } from './row.ts';
import { cellOf, measuresIn, meetsTarget, variantsIn } from './results.ts';
import type { Cell, RowResult } from './results.ts';
import type { Measure } from './row.ts';
import type { Spread } from './statistics.ts';
import { VARIANTS } from './variants.ts';

/** Lines of cells; the first is the head. */
export type Table = readonly (readonly string[])[];

/** A line for each measure, a column for each variant. */
export function tableOf(row: Row, result: RowResult): Table {
  const variants = variantsIn(result);
  return [
    ['', 'target', ...variants.map((name) => VARIANTS[name].label)],
    ...measuresIn(row, result).map((measure) => [
      `${measure.label}, ${measure.unit}`,
      measure.target?.text ?? '',
      ...variants.map((variant) => {
        const cell = cellOf(result, measure, variant);
        const verdict = variant === 'ours' && meetsTarget(measure, cell) === false ? ' ✗' : '';
        return shownCell(measure, cell) + verdict;
      }),
    ]),
  ];
}

/** `130.5 (129–133) · +2.1 (1.5–2.9) %`: the median, the middle half in brackets, and what was added to the baseline. */
export function shownCell(measure: Measure, cell: Cell | undefined): string {
  if (cell === undefined) return '–';
  const parts = [shownSpread(cell.value, measure.digits)];
  if (cell.addedPercent !== undefined) parts.push(`${shownSpread(cell.addedPercent, 1, true)} %`);
  else if (cell.added !== undefined) parts.push(shownSpread(cell.added, measure.digits, true));
  return parts.join(' · ');
}

export function shownSpread({ median, lowerQuartile, upperQuartile, count }: Spread, digits: number, signed = false): string {
  const middle = signed ? signedNumber(median, digits) : number(median, digits);
  if (count < 2) return middle;
  return `${middle} (${number(lowerQuartile, digits)} to ${number(upperQuartile, digits)})`;
}

/** Rounding can leave a zero with a sign, which says nothing. */
function number(value: number, digits: number): string {
  const rounded = Number(value.toFixed(digits));
  return (rounded === 0 ? 0 : rounded).toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function signedNumber(value: number, digits: number): string {
  const shown = number(value, digits);
  return shown.startsWith('-') ? shown : `+${shown}`;
}

export function markdownTable(table: Table): string {
  const [head = [], ...lines] = table;
  const shown = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [shown(head), `|${'---|'.repeat(head.length)}`, ...lines.map(shown)].join('\n');
}

/** Columns become lines where there are many of them: a terminal is not as wide as a document. */
export function terminalTable(table: Table): string {
  const [head = [], ...lines] = table;
  return lines
    .map(([measure = '', target = '', ...cells]) => {
      const names = head.slice(2);
      const width = Math.max(...names.map((name) => name.length));
      const title = target === '' ? measure : `${measure} (target ${target})`;
      return [title, ...cells.map((cell, index) => `  ${(names[index] ?? '').padEnd(width)}  ${cell}`)].join('\n');
    })
    .join('\n');
}
