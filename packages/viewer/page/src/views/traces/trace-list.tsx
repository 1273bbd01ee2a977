import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TraceRow } from '../../../../src/api/answers.ts';
import { isNarrow } from '../../design/narrow.ts';
import { serviceColour } from '../../design/service-colour.ts';
import { countOf, formatCount, formatDuration, formatMoment } from '../../format/units.ts';
import { changeQuery, navigate } from '../../router/address.ts';
import { Link } from '../../router/link.tsx';
import { rowAfterKey } from '../../virtual/row-keys.ts';
import { useVirtualRows } from '../../virtual/use-virtual-rows.ts';
import type { Order } from './trace-filter.ts';
import type { TracePages } from './trace-pages.ts';
import './trace-list.css';

const ROW_HEIGHT = 32;
const NARROW_ROW_HEIGHT = 58;
const FETCH_DELAY_MILLIS = 50;

interface Column {
  readonly name: string;
  readonly label: string;
  readonly order?: Order;
  readonly isNumeric?: boolean;
}

const COLUMNS: readonly Column[] = [
  { name: 'started', label: 'Started', order: 'newest' },
  { name: 'service', label: 'Service' },
  { name: 'endpoint', label: 'Endpoint' },
  { name: 'duration', label: 'Duration', order: 'slowest' },
  { name: 'spans', label: 'Spans', order: 'spans', isNumeric: true },
  { name: 'errors', label: 'Errors', isNumeric: true },
  { name: 'cpu', label: 'CPU', order: 'cpu', isNumeric: true },
  { name: 'samples', label: 'Samples', isNumeric: true },
];

export interface TraceListProps {
  readonly pages: TracePages;
  /** Grows when `pages` has changed. */
  readonly version: number;
  readonly order: Order;
  /** What a full duration bar stands for. */
  readonly longestNanos: number;
  /** Whether rows may move: the reader is at the top. */
  readonly onAtTop: (isAtTop: boolean) => void;
  /** Names the filter and order. With another one the list begins at the top. */
  readonly filterKey: string;
  /** Changes when the list has to begin at the top again all the same. */
  readonly topCount: number;
}

/** Where the reader left the list for a trace. */
let left: { readonly filterKey: string; readonly scrollTop: number } | undefined;

/** The traces as a grid: arrow keys move, Enter opens. */
export function TraceList({ pages, version, order, longestNanos, onAtTop, filterKey, topCount }: TraceListProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = isNarrow() ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const rows = useVirtualRows(scroller, pages.matched, rowHeight);
  const [cursor, setCursor] = useState(-1);

  useEffect(() => {
    // Who scrolls on does not want the pages in between.
    const timer = setTimeout(() => pages.need(rows.first, rows.end), FETCH_DELAY_MILLIS);
    return () => clearTimeout(timer);
  }, [pages, version, rows.first, rows.end]);
  const topKey = `${filterKey} ${topCount}`;
  const placedFor = useRef<string>(undefined);
  const isEmpty = rows.totalHeight === 0;
  useLayoutEffect(() => {
    if (isEmpty || placedFor.current === topKey) return;
    const isFirst = placedFor.current === undefined;
    placedFor.current = topKey;
    setCursor(-1);
    scroller.current!.scrollTop = isFirst && left?.filterKey === filterKey ? left.scrollTop : 0;
  }, [topKey, isEmpty]);
  useEffect(() => onAtTop(cursor <= 0 && (scroller.current?.scrollTop ?? 0) < rowHeight / 2), [cursor, onAtTop, rowHeight]);

  const keyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const trace = pages.rowAt(cursor);
    if (event.key === 'Enter' && trace !== undefined) return navigate(traceHref(trace));
    const to = rowAfterKey(event.key, cursor, pages.matched, Math.max(1, Math.floor(rows.viewHeight / rowHeight) - 1));
    if (to === undefined) return undefined;
    event.preventDefault();
    setCursor(to);
    rows.scrollToRow(to);
    return undefined;
  };

  const drawn: JSX.Element[] = [];
  for (let row = rows.first; row < rows.end; row++) {
    drawn.push(<Row key={row} row={row} trace={pages.rowAt(row)} isCursor={row === cursor} top={row * rowHeight} height={rowHeight} longestNanos={longestNanos} onPoint={setCursor} />);
  }
  return (
    <div
      ref={scroller}
      class="trace-list card"
      role="grid"
      aria-label="Traces"
      aria-rowcount={pages.matched + 1}
      aria-activedescendant={cursor >= rows.first && cursor < rows.end ? `trace-row-${cursor}` : undefined}
      tabIndex={0}
      onKeyDown={keyDown}
      onScroll={(event) => {
        const { scrollTop } = event.currentTarget;
        left = { filterKey, scrollTop };
        onAtTop(scrollTop < rowHeight / 2 && cursor <= 0);
      }}
    >
      <div class="trace-list-head trace-cells" role="row" aria-rowindex={1}>
        {COLUMNS.map((column) => (
          <div key={column.name} role="columnheader" class={`cell-${column.name}${column.isNumeric === true ? ' numeric' : ''}`} aria-sort={column.order === order ? 'descending' : undefined}>
            {column.order === undefined ? column.label : (
              <button type="button" class="sort" onClick={() => changeQuery({ order: column.order === 'newest' ? null : column.order })} title={column.order === 'newest' ? 'Newest first' : `By ${column.label.toLowerCase()}, most first`}>
                {column.label}<span aria-hidden="true">{column.order === order ? ' ↓' : ''}</span>
              </button>
            )}
          </div>
        ))}
      </div>
      <div class="trace-list-body" role="rowgroup" style={{ height: `${rows.totalHeight}px` }}>{drawn}</div>
    </div>
  );
}

interface RowProps {
  readonly row: number;
  /** undefined = not there yet. */
  readonly trace: TraceRow | undefined;
  readonly isCursor: boolean;
  readonly top: number;
  readonly height: number;
  readonly longestNanos: number;
  readonly onPoint: (row: number) => void;
}

function Row({ row, trace, isCursor, top, height, longestNanos, onPoint }: RowProps): JSX.Element {
  const place = { transform: `translateY(${top}px)`, height: `${height}px` };
  const frame = { 'id': `trace-row-${row}`, 'role': 'row', 'aria-rowindex': row + 2, 'style': place } as const;
  if (trace === undefined) return <div {...frame} class="trace-row is-loading" aria-busy="true"><div role="gridcell" class="muted">…</div></div>;
  const others = trace.services.length - 1;
  const bar = Math.min(1, trace.durationNanos / Math.max(1, longestNanos));
  const cpu = trace.durationNanos > 0 ? Math.min(1, (trace.cpuNanos ?? 0) / trace.durationNanos) : 0;
  return (
    <div
      {...frame}
      class={`trace-row trace-cells${isCursor ? ' is-cursor' : ''}`}
      aria-selected={isCursor}
      onClick={(event) => {
        if (event.defaultPrevented || (event.target as Element).closest('a') !== null || getSelection()?.isCollapsed === false) return;
        onPoint(row);
        navigate(traceHref(trace));
      }}
    >
      <div role="gridcell" class="cell-started muted">{formatMoment(trace.startMoment)}</div>
      <div role="gridcell" class="cell-service" title={trace.services.join(', ')}>
        <span class="service-mark" style={{ background: serviceColour(trace.service) }} />
        <span class="cut">{trace.service}</span>
        {others > 0 && <span class="muted">+{others}</span>}
      </div>
      <div role="gridcell" class="cell-endpoint cut"><Link tabIndex={-1} href={traceHref(trace)} title={trace.endpoint}>{trace.endpoint === '' ? '(no name)' : trace.endpoint}</Link></div>
      <div role="gridcell" class="cell-duration">
        <span class="duration-bar" aria-hidden="true"><span style={{ width: `${bar * 100}%` }}><span style={{ width: `${cpu * 100}%` }} /></span></span>
        <span class="numeric">{formatDuration(trace.durationNanos)}</span>
      </div>
      <div role="gridcell" class="cell-spans numeric" data-unit={trace.spans === 1 ? ' span' : ' spans'}>{formatCount(trace.spans)}</div>
      <div role="gridcell" class="cell-errors numeric">{trace.errors > 0 ? <span class="badge badge-error" title={countOf(trace.errors, 'span') + ' with an error'}>{formatCount(trace.errors)}</span> : <span class="muted">0</span>}</div>
      <div role="gridcell" class="cell-cpu numeric">{formatDuration(trace.cpuNanos)}</div>
      <div role="gridcell" class="cell-samples numeric" data-unit={trace.samples === 1 ? ' sample' : ' samples'}>{formatCount(trace.samples)}</div>
    </div>
  );
}

export function traceHref({ traceId }: { readonly traceId: string }): string {
  return `/trace/${encodeURIComponent(traceId)}`;
}
