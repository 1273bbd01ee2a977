import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { CallTreeDiff } from '../../../src/call-tree/call-tree.ts';
import type { TableColumn } from '../design/data-table.tsx';
import { DataTable } from '../design/data-table.tsx';
import { formatCount } from '../format/units.ts';
import type { ChangeRow } from './change-rows.ts';
import { changeRows, growth } from './change-rows.ts';
import type { ChangeKind, Comparison } from './change.ts';
import { changeText, changeWord } from './change.ts';
import { frameName } from './frame-kinds.ts';
import type { FunctionListProps } from './function-list.ts';
import { FunctionName } from './function-name.tsx';
import { isFound } from './function-table.tsx';
import { frameKey } from './node-keys.ts';

export interface ChangeTableProps extends FunctionListProps {
  readonly tree: CallTreeDiff;
  readonly comparison: Comparison;
  /** Says a value of the tree. */
  readonly format: (value: number) => string;
}

/** The worst first. */
const ORDER: readonly ChangeKind[] = ['new', 'more', 'unclear', 'same', 'less', 'gone'];

/** Which functions got slower or faster, or take more or less memory. */
export function ChangeTable({ tree, comparison, format, label, search, sort, onSort, only, onOnly, hoveredFrame, onHoverFrame }: ChangeTableProps): JSX.Element {
  const { frames } = tree;
  const all = useMemo(() => changeRows(tree, comparison.trials), [tree, comparison]);
  const rows = useMemo(() => all.filter(({ frame }) => isFound(tree, frame, search)), [all, search]);
  const columns = useMemo((): TableColumn<ChangeRow>[] => [
    {
      name: 'function', label: 'Function', width: 'minmax(12rem, 3fr)', narrowWidth: '8rem', sortValue: ({ frame }) => frameName(frames, frame),
      cell: ({ frame }) => <FunctionName frames={frames} frame={frame} isOnly={only === frame} onOnly={onOnly} />,
    },
    {
      name: 'verdict', label: 'In itself', title: 'Whether the function itself changed', width: '9.5rem', sortValue: ({ self }) => ORDER.indexOf(self),
      cell: (row) => <Verdict kind={row.self} isTimePerCall={comparison.isTimePerCall} isNothing={row.base.self === 0 && row.other.self === 0} />,
    },
    { name: 'baseSelf', label: 'Before', title: 'In the function itself, before', width: '6rem', isNumeric: true, sortValue: ({ base }) => base.self, cell: ({ base }) => format(base.self) },
    { name: 'self', label: 'After', title: 'In the function itself, after', width: '6rem', isNumeric: true, sortValue: ({ other }) => other.self, cell: ({ other }) => format(other.self) },
    { name: 'change', label: 'Change', title: 'Of the value in the function itself', width: '6rem', isNumeric: true, sortValue: (row) => growth(row, 'self'), cell: (row) => signed(growth(row, 'self'), format) },
    { name: 'factor', label: '', width: '4rem', isNumeric: true, cell: ({ base, other }) => changeText(base.self, other.self) },
    {
      name: 'totalVerdict', label: 'With its calls', title: 'Whether the function changed together with what it called', width: '9.5rem', sortValue: ({ total }) => ORDER.indexOf(total),
      cell: (row) => <Verdict kind={row.total} isTimePerCall={comparison.isTimePerCall} isNothing={false} />,
    },
    { name: 'total', label: 'Change', title: 'Of the value with what it called', width: '6rem', isNumeric: true, sortValue: (row) => growth(row, 'total'), cell: (row) => signed(growth(row, 'total'), format) },
    { name: 'samples', label: 'Samples', title: 'With the function on the stack: before → after', width: '6.5rem', isNumeric: true, sortValue: ({ base, other }) => base.totalSamples + other.totalSamples, cell: ({ base, other }) => `${formatCount(base.totalSamples)} → ${formatCount(other.totalSamples)}` },
  ], [tree, comparison, format, only, onOnly]);
  return (
    <DataTable
      label={label} columns={columns} rows={rows} keyOf={({ frame }) => frameKey(frames, frame)} sort={sort ?? '-change'} onSort={onSort} minWidth="74rem" narrowMinWidth="68rem"
      isChosen={({ frame }) => frame === only}
      isMarked={({ frame }) => hoveredFrame !== null && frameKey(frames, frame) === hoveredFrame}
      onHover={(row) => onHoverFrame(row === null ? null : frameKey(frames, row.frame))}
      none={search === '' ? 'No function has samples on either side' : `No function matches “${search}”`}
    />
  );
}

function Verdict({ kind, isTimePerCall, isNothing }: { readonly kind: ChangeKind; readonly isTimePerCall: boolean; readonly isNothing: boolean }): JSX.Element {
  return isNothing ? <span class="muted">nothing in itself</span> : <span class={`verdict verdict-${kind}`}>{changeWord(kind, isTimePerCall)}</span>;
}

function signed(value: number, format: (value: number) => string): string {
  if (value === 0) return '0';
  return `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}
