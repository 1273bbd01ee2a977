import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { AnyCallTree } from '../../../src/call-tree/columns.ts';
import type { FunctionTotals } from '../../../src/call-tree/totals.ts';
import { functionTotals } from '../../../src/call-tree/totals.ts';
import type { TableColumn } from '../design/data-table.tsx';
import { DataTable } from '../design/data-table.tsx';
import { formatCount, formatShare, formatValue } from '../format/units.ts';
import { KindSwatch } from './flame-legend.tsx';
import { frameKind, frameName, KIND_WORDS, placeText } from './frame-kinds.ts';
import type { FunctionListProps } from './function-list.ts';
import { FunctionName } from './function-name.tsx';
import { frameKey } from './node-keys.ts';

export interface FunctionTableProps extends FunctionListProps {
  readonly tree: AnyCallTree;
}

/** The functions of a tree: the same as its flame graph, for those who read or hear tables, and to sort. */
export function FunctionTable({ tree, label, search, sort, onSort, only, onOnly, hoveredFrame, onHoverFrame }: FunctionTableProps): JSX.Element {
  const { frames, unit } = tree;
  const totals = useMemo(() => functionTotals(tree), [tree]);
  const all = useMemo(() => tree.self.reduce((sum, value) => sum + value, 0), [tree]);
  const rows = useMemo(() => totals.filter(({ frame }) => isFound(tree, frame, search)), [totals, search]);
  const columns = useMemo((): TableColumn<FunctionTotals>[] => [
    {
      name: 'function', label: 'Function', width: 'minmax(12rem, 3fr)', narrowWidth: 'minmax(7rem, 1fr)', sortValue: ({ frame }) => frameName(frames, frame),
      cell: ({ frame }) => <FunctionName frames={frames} frame={frame} isOnly={only === frame} onOnly={onOnly} />,
    },
    {
      name: 'package', label: 'Package', isMinor: true, width: 'minmax(6rem, 1fr)', sortValue: ({ frame }) => frames.packageName[frame] || KIND_WORDS[frameKind(frames, frame)],
      cell: ({ frame }) => <span class="function-kind"><KindSwatch kind={frameKind(frames, frame)} /><span class="cut">{frames.packageName[frame] || KIND_WORDS[frameKind(frames, frame)]}</span></span>,
    },
    { name: 'self', label: 'Self', title: 'In the function itself', width: '5rem', isNumeric: true, sortValue: ({ self }) => self, cell: ({ self }) => formatValue(self, unit) },
    { name: 'selfShare', label: 'of all', isMinor: true, width: '4rem', isNumeric: true, cell: ({ self }) => formatShare(share(self, all)) },
    { name: 'total', label: 'Total', title: 'In the function and in what it called, recursion counted once', width: '5rem', isNumeric: true, sortValue: ({ total }) => total, cell: ({ total }) => formatValue(total, unit) },
    { name: 'totalShare', label: 'of all', width: '4rem', isNumeric: true, cell: ({ total }) => formatShare(share(total, all)) },
    { name: 'samples', label: 'Samples', title: 'With the function on the stack', width: '5rem', isNumeric: true, sortValue: ({ totalSamples }) => totalSamples, cell: ({ totalSamples }) => formatCount(totalSamples) },
  ], [tree, all, only, onOnly]);
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={rows}
      keyOf={({ frame }) => frameKey(frames, frame)}
      sort={sort ?? '-self'}
      onSort={onSort}
      minWidth="44rem" narrowMinWidth="32rem"
      isChosen={({ frame }) => frame === only}
      isMarked={({ frame }) => hoveredFrame !== null && frameKey(frames, frame) === hoveredFrame}
      onHover={(row) => onHoverFrame(row === null ? null : frameKey(frames, row.frame))}
      none={search === '' ? 'No samples' : `No function matches “${search}”`}
    />
  );
}

export function share(part: number, all: number): number {
  return all > 0 ? part / all : 0;
}

export function isFound({ frames }: AnyCallTree, frame: number, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return wanted === '' || [frameName(frames, frame), placeText(frames, frame), frames.packageName[frame]!].some((text) => text.toLowerCase().includes(wanted));
}
