import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { FunctionChange } from '../../../src/api/answers.ts';
import type { CallTreeDiff } from '../../../src/call-tree/call-tree.ts';
import type { TableColumn } from '../design/data-table.tsx';
import { DataTable } from '../design/data-table.tsx';
import { formatCount } from '../format/units.ts';
import { changeText } from './change.ts';
import { verdictOf, VERDICTS } from './change-verdict.ts';
import { frameName } from './frame-kinds.ts';
import type { FunctionListProps } from './function-list.ts';
import { FunctionName } from './function-name.tsx';
import { isFound } from './function-table.tsx';
import { frameKey } from './node-keys.ts';

export interface ChangeTableProps extends FunctionListProps {
  readonly tree: CallTreeDiff;
  readonly functions: readonly FunctionChange[];
  /** Says a value of the tree. */
  readonly format: (value: number) => string;
}

/** Which functions got slower or faster, or take more or less memory. */
export function ChangeTable({ tree, functions, format, label, search, sort, onSort, only, onOnly, hoveredFrame, onHoverFrame }: ChangeTableProps): JSX.Element {
  const { frames, unit } = tree;
  const isTime = unit === 'nanoseconds';
  const rows = useMemo(() => functions.filter(({ frame }) => isFound(tree, frame, search)), [tree, functions, search]);
  const columns = useMemo((): TableColumn<FunctionChange>[] => [
    {
      name: 'function', label: 'Function', width: 'minmax(12rem, 3fr)', sortValue: ({ frame }) => frameName(frames, frame),
      cell: ({ frame }) => <FunctionName frames={frames} frame={frame} isOnly={only === frame} onOnly={onOnly} />,
    },
    {
      name: 'verdict', label: 'Verdict', title: 'Of the function itself', width: 'minmax(7rem, 1fr)', sortValue: (row) => VERDICTS.indexOf(verdictOf(row, isTime)),
      cell: (row) => {
        const verdict = verdictOf(row, isTime);
        return <span class={`verdict verdict-${verdict.replaceAll(' ', '-')}`}>{verdict}</span>;
      },
    },
    { name: 'change', label: 'Self change', title: 'Of the value in the function itself', width: '6.5rem', isNumeric: true, sortValue: (row) => row.self - row.baseSelf, cell: (row) => signed(row.self - row.baseSelf, format) },
    { name: 'factor', label: '', width: '4.5rem', isNumeric: true, cell: (row) => changeText(row.baseSelf, row.self) },
    { name: 'baseSelf', label: 'Before', title: 'Self, before', width: '5.5rem', isNumeric: true, sortValue: ({ baseSelf }) => baseSelf, cell: ({ baseSelf }) => format(baseSelf) },
    { name: 'self', label: 'After', title: 'Self, after', width: '5.5rem', isNumeric: true, sortValue: ({ self }) => self, cell: ({ self }) => format(self) },
    { name: 'total', label: 'Total change', title: 'With what it called', width: '6.5rem', isNumeric: true, sortValue: (row) => row.total - row.baseTotal, cell: (row) => signed(row.total - row.baseTotal, format) },
    { name: 'samples', label: 'Samples', title: 'In the function itself: before → after', width: '7rem', isNumeric: true, sortValue: ({ samples, baseSamples }) => samples + baseSamples, cell: ({ samples, baseSamples }) => `${formatCount(baseSamples)} → ${formatCount(samples)}` },
  ], [tree, format, only, onOnly]);
  return (
    <DataTable
      label={label} columns={columns} rows={rows} keyOf={({ frame }) => frameKey(frames, frame)} sort={sort ?? '-change'} onSort={onSort} minWidth="60rem"
      isChosen={({ frame }) => frame === only}
      isMarked={({ frame }) => hoveredFrame !== null && frameKey(frames, frame) === hoveredFrame}
      onHover={(row) => onHoverFrame(row === null ? null : frameKey(frames, row.frame))}
      none={search === '' ? 'No function has samples on either side' : `No function matches “${search}”`}
    />
  );
}

function signed(value: number, format: (value: number) => string): string {
  if (value === 0) return '0';
  return `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}
