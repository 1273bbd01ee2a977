import type { ComponentChildren, JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { useVirtualRows } from '../virtual/use-virtual-rows.ts';
import './data-table.css';
import { isNarrow } from './narrow.ts';
import type { Sort, SortableColumn } from './sorting.ts';
import { parseSort, sortAfterClick, sortedBy } from './sorting.ts';

export interface TableColumn<Row> extends SortableColumn<Row> {
  readonly label: ComponentChildren;
  /** Explains the column where the pointer rests. */
  readonly title?: string;
  /** Track of a CSS grid. */
  readonly width: string;
  /** In a window as wide as a phone. @defaultValue {@link width} */
  readonly narrowWidth?: string;
  /** Left out in such a window. */
  readonly isMinor?: boolean;
  readonly isNumeric?: boolean;
  /** Replaces the head where it is not a sort button, as a checkbox for all rows. */
  readonly head?: ComponentChildren;
  readonly cell: (row: Row) => ComponentChildren;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  /** Narrower places scroll sideways. */
  readonly minWidth: string;
  /** In a window as wide as a phone. @defaultValue {@link minWidth} */
  readonly narrowMinWidth?: string;
  readonly isChosen?: (row: Row) => boolean;
  readonly isMarked?: (row: Row) => boolean;
  readonly onHover?: (row: Row | null) => void;
  /** What an empty table says. */
  readonly none: string;
}

const ROW_HEIGHT = 32;

/** A table that can be sorted by its heads, and of which only the rows that are seen are drawn. */
export function DataTable<Row>({ label, columns: allColumns, rows, keyOf, sort, onSort, minWidth: wideMinWidth, narrowMinWidth = wideMinWidth, isChosen, isMarked, onHover, none }: DataTableProps<Row>): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const narrow = isNarrow();
  const columns = narrow ? allColumns.filter(({ isMinor }) => isMinor !== true) : allColumns;
  const minWidth = narrow ? narrowMinWidth : wideMinWidth;
  const sorted = useMemo(() => sortedBy(rows, allColumns, sort), [rows, allColumns, sort]);
  const virtual = useVirtualRows(scroller, sorted.length, ROW_HEIGHT);
  const { name: sortName, isDescending } = parseSort(sort);
  const tracks = columns.map(({ width, narrowWidth = width }) => (narrow ? narrowWidth : width)).join(' ');
  const shown = sorted.slice(virtual.first, virtual.end);
  return (
    <div ref={scroller} class="data-table card" role="table" aria-label={label} aria-rowcount={sorted.length + 1} tabIndex={0} onPointerLeave={() => onHover?.(null)}>
      <div class="data-table-row data-table-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: tracks, minWidth }}>
        {columns.map((column) => (
          <div
            key={column.name}
            role="columnheader"
            class={column.isNumeric === true ? 'numeric' : ''}
            aria-sort={column.name === sortName ? (isDescending ? 'descending' : 'ascending') : undefined}
            title={column.title}
          >
            {column.head ?? (column.sortValue === undefined ? column.label : (
              <button type="button" class="sort" onClick={() => onSort(sortAfterClick(sort, column.name, column.isNumeric === true))}>
                {column.label}<span aria-hidden="true">{column.name === sortName ? (isDescending ? ' ↓' : ' ↑') : ''}</span>
              </button>
            ))}
          </div>
        ))}
      </div>
      {sorted.length === 0 && <p class="data-table-none muted">{none}</p>}
      <div class="data-table-body" role="rowgroup" style={{ height: `${virtual.totalHeight}px`, minWidth }}>
        {shown.map((row, i) => (
          <div
            key={keyOf(row)}
            class={`data-table-row${isChosen?.(row) === true ? ' is-chosen' : ''}${isMarked?.(row) === true ? ' is-marked' : ''}`}
            role="row"
            aria-rowindex={virtual.first + i + 2}
            style={{ gridTemplateColumns: tracks, minWidth, height: `${ROW_HEIGHT}px`, transform: `translateY(${(virtual.first + i) * ROW_HEIGHT}px)` }}
            onPointerEnter={onHover && (() => onHover(row))}
          >
            {columns.map((column) => <div key={column.name} role="cell" class={column.isNumeric === true ? 'numeric' : ''} data-column={column.name}>{column.cell(row)}</div>)}
          </div>
        ))}
      </div>
    </div>
  );
}
