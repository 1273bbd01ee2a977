import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TraceAnswer, TraceSpan } from '../../../../src/api/answers.ts';
import { isNarrow } from '../../design/narrow.ts';
import { serviceColour } from '../../design/service-colour.ts';
import { countOf, formatDuration, formatWholeShare } from '../../format/units.ts';
import { rowAfterKey } from '../../virtual/row-keys.ts';
import { useVirtualRows } from '../../virtual/use-virtual-rows.ts';
import { intervalPath } from './interval-path.ts';
import type { FrameMoments } from './linked-samples.ts';
import { timeTicks } from './time-axis.ts';
import { expandedTo, hasChildren, numbersById, numbersOf, toggled, treeStep, visibleRows } from './visible-rows.ts';
import './waterfall.css';

const ROW_HEIGHT = 28;
const NARROW_ROW_HEIGHT = 44;
/** Units of a bar's drawing, which is stretched to its cell. */
const BAR_WIDTH = 1_000;
const LEAST_BAR_WIDTH = 3;

export interface WaterfallProps {
  readonly trace: TraceAnswer;
  readonly chosen: string | null;
  readonly onChoose: (spanId: string) => void;
  readonly hoveredSpan: string | null;
  readonly onHoverSpan: (spanId: string | null) => void;
  /** When the function under the pointer elsewhere ran, by span. */
  readonly moments: FrameMoments | null;
}

/** The spans of a trace on one time line, as a tree. */
export function Waterfall({ trace, chosen, onChoose, hoveredSpan, onHoverSpan, moments }: WaterfallProps): JSX.Element {
  const { spans, durationNanos } = trace;
  const scroller = useRef<HTMLDivElement>(null);
  const numbers = useMemo(() => numbersById(spans), [spans]);
  const numberOf = (id: string | null): number => (id === null ? undefined : numbers.get(id)) ?? -1;
  const [collapsedIds, setCollapsedIds] = useState<ReadonlySet<string>>(new Set());
  const collapsed = useMemo(() => numbersOf(collapsedIds, numbers), [collapsedIds, numbers]);
  const shown = useMemo(() => visibleRows(spans, collapsed), [spans, collapsed]);
  const chosenSpan = numberOf(chosen);
  const [cursorId, setCursorId] = useState<string | null>(null);
  const cursor = numberOf(cursorId);
  const rowHeight = isNarrow() ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const rows = useVirtualRows(scroller, shown.length, rowHeight);
  const cursorSpan = cursor < 0 ? Math.max(0, chosenSpan) : cursor;
  const cursorRow = shown.indexOf(cursorSpan);

  // null until it is there. Not its number: when a late span changes that, nobody has chosen anything.
  const shownChoice = chosenSpan < 0 ? null : chosen;
  // Before the next key press: after it, the cursor would jump back from where that has brought it.
  useLayoutEffect(() => {
    if (shownChoice === null) return;
    setCursorId(shownChoice);
    setCollapsedIds((before) => expandedTo(spans, numbers, before, chosenSpan));
  }, [shownChoice]);
  useLayoutEffect(() => {
    const row = visibleRows(spans, collapsed).indexOf(chosenSpan);
    if (row >= 0) rows.scrollToRow(row);
    // Where the reader scrolls afterwards is theirs.
  }, [shownChoice]);

  const moveTo = (span: number): void => {
    setCursorId(spans[span]!.spanId);
    const row = shown.indexOf(span);
    if (row >= 0) rows.scrollToRow(row);
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.metaKey || event.ctrlKey || event.altKey || spans.length === 0) return;
    const step = treeStep(event.key, spans, collapsed, cursorSpan);
    const to = rowAfterKey(event.key, cursorRow, shown.length, Math.max(1, Math.floor(rows.viewHeight / rowHeight) - 1));
    if (event.key === 'Enter' || event.key === ' ') onChoose(spans[cursorSpan]!.spanId);
    else if (step !== undefined && 'toggle' in step) setCollapsedIds(toggled(collapsedIds, spans[step.toggle]!.spanId));
    else if (step !== undefined) moveTo(step.goTo);
    else if (to !== undefined) moveTo(shown[to]!);
    else return;
    event.preventDefault();
  };

  const drawn: JSX.Element[] = [];
  for (let row = rows.first; row < Math.min(rows.end, shown.length); row++) {
    const index = shown[row]!;
    const span = spans[index]!;
    drawn.push(
      <Row
        key={index} span={span} index={index} row={row} top={row * rowHeight} height={rowHeight} lengthNanos={durationNanos}
        isOpen={hasChildren(spans, index) ? !collapsed.has(index) : null}
        isCursor={index === cursorSpan} isChosen={span.spanId === chosen} isHovered={span.spanId === hoveredSpan}
        moments={moments?.get(span.spanId)}
        onToggle={() => setCollapsedIds(toggled(collapsedIds, span.spanId))}
        onChoose={() => {
          setCursorId(span.spanId);
          onChoose(span.spanId);
        }}
        onHover={onHoverSpan}
      />,
    );
  }
  const parents = useMemo(() => spans.flatMap(({ spanId }, i) => (hasChildren(spans, i) ? [spanId] : [])), [spans]);
  return (
    <section class="waterfall card" aria-label="Spans">
      <div class="waterfall-legend">
        <span><i class="key key-thread" /> on the thread</span>
        <span><i class="key key-open" /> open, waiting or in another process</span>
        <span><i class="key key-mark" /> where the function under the pointer ran</span>
        {parents.length > 0 && (
          <button type="button" class="waterfall-all" onClick={() => setCollapsedIds(collapsed.size > 0 ? new Set() : new Set(parents))}>
            {collapsed.size > 0 ? 'Expand all' : 'Collapse all'}
          </button>
        )}
      </div>
      <div
        ref={scroller}
        class="waterfall-scroll"
        style={{ '--rows-height': `${rows.totalHeight + 28}px` }}
        role="treegrid"
        aria-label="Spans of the trace"
        aria-rowcount={shown.length + 1}
        aria-activedescendant={cursorRow >= rows.first && cursorRow < rows.end ? `span-row-${cursorSpan}` : undefined}
        tabIndex={0}
        onKeyDown={keyDown}
        onPointerLeave={() => onHoverSpan(null)}
      >
        <div class="waterfall-head waterfall-cells" role="row" aria-rowindex={1}>
          <div role="columnheader">Span</div>
          <div role="columnheader" class="waterfall-axis">
            <span class="visually-hidden">Time</span>
            {timeTicks(0, durationNanos, isNarrow() ? 4 : 6).filter(({ share }) => share < (isNarrow() ? 0.85 : 0.9)).map(({ nanos, share }) => <span key={nanos} aria-hidden="true" style={{ left: `${share * 100}%` }}>{formatDuration(nanos)}</span>)}
          </div>
          <div role="columnheader" class="numeric">Duration</div>
          <div role="columnheader" class="numeric" title="CPU time of the span's own samples, and its share of the duration">CPU</div>
        </div>
        <div class="waterfall-body" role="rowgroup" style={{ height: `${rows.totalHeight}px` }}>{drawn}</div>
      </div>
    </section>
  );
}

interface RowProps {
  readonly span: TraceSpan;
  readonly index: number;
  readonly row: number;
  readonly top: number;
  readonly height: number;
  readonly lengthNanos: number;
  /** null = nothing to open. */
  readonly isOpen: boolean | null;
  readonly isCursor: boolean;
  readonly isChosen: boolean;
  readonly isHovered: boolean;
  readonly moments: readonly number[] | undefined;
  readonly onToggle: () => void;
  readonly onChoose: () => void;
  readonly onHover: (spanId: string | null) => void;
}

function Row({ span, index, row, top, height, lengthNanos, isOpen, isCursor, isChosen, isHovered, moments, onToggle, onChoose, onHover }: RowProps): JSX.Element {
  const cpuShare = span.durationNanos > 0 ? Math.min(1, span.cpuNanos / span.durationNanos) : 0;
  const marks = [isCursor && 'is-cursor', isChosen && 'is-chosen', isHovered && 'is-hovered', moments !== undefined && 'has-frame', span.error && 'is-error'].filter(Boolean).join(' ');
  const name = span.name === '' ? '(no name)' : span.name;
  return (
    <div
      id={`span-row-${index}`}
      class={`waterfall-row waterfall-cells ${marks}`}
      role="row"
      aria-level={span.depth + 1}
      aria-rowindex={row + 2}
      aria-selected={isChosen}
      {...(isOpen !== null && { 'aria-expanded': isOpen })}
      data-span={span.spanId}
      style={{ transform: `translateY(${top}px)`, height: `${height}px` }}
      onClick={onChoose}
      onPointerEnter={() => onHover(span.spanId)}
    >
      <div role="gridcell" class="waterfall-name" style={{ '--depth': Math.min(span.depth, 24) }} title={`${name} · ${span.service}${span.kind === 'internal' || span.kind === 'unspecified' ? '' : ` · ${span.kind}`}`}>
        {isOpen === null ? <span class="twisty" /> : (
          <span
            class={`twisty ${isOpen ? 'is-open' : 'is-closed'}`}
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          />
        )}
        <span class="service-mark" style={{ background: serviceColour(span.service) }} />
        {span.error && <span class="badge badge-error">error</span>}
        <span class="cut">{name}</span>
        {span.isLocalRoot && <span class="waterfall-service muted cut">{span.service}</span>}
      </div>
      <div role="gridcell" class="waterfall-bar">
        <span class="visually-hidden">{`starts at ${formatDuration(span.startNanos)}${span.samples > 0 ? `, ${formatDuration(span.wallNanos)} on the thread in ${countOf(span.samples, 'sample')}` : ''}`}</span>
        <svg viewBox={`0 0 ${BAR_WIDTH} 20`} preserveAspectRatio="none" aria-hidden="true" style={{ '--service': serviceColour(span.service) }}>
          <path class="bar-open" d={intervalPath([span.startNanos, span.startNanos + span.durationNanos], lengthNanos, BAR_WIDTH, 4, 12, LEAST_BAR_WIDTH)} />
          <path class="bar-thread" d={intervalPath(span.onThread, lengthNanos, BAR_WIDTH, 4, 12)} />
          {moments !== undefined && <path class="bar-moments" d={intervalPath(moments, lengthNanos, BAR_WIDTH, 15, 5)} />}
        </svg>
      </div>
      <div role="gridcell" class="waterfall-duration numeric">{formatDuration(span.durationNanos)}</div>
      <div role="gridcell" class="waterfall-cpu numeric">
        {span.samples === 0 ? <span class="muted" title="No samples">–</span> : (
          <>
            <span>{formatDuration(span.cpuNanos)}</span> <span class="muted">{formatWholeShare(cpuShare)}</span>
          </>
        )}
      </div>
    </div>
  );
}
