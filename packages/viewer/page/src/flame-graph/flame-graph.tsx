import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { AnyCallTree } from '../../../src/call-tree/columns.ts';
import { isDiff } from '../../../src/call-tree/columns.ts';
import { searchCallTree } from '../../../src/call-tree/search.ts';
import { countOf, formatShare, formatValue } from '../format/units.ts';
import type { Comparison } from './change.ts';
import { comparisonOf } from './change.ts';
import { FlameCanvas } from './flame-canvas.tsx';
import './flame-graph.css';
import type { FlameLayout } from './flame-layout.ts';
import { layoutFlames } from './flame-layout.ts';
import { FlameLegend } from './flame-legend.tsx';
import { FlamePath } from './flame-path.tsx';
import { ROW_HEIGHT } from './flame-painter.ts';
import { FlameTooltip } from './flame-tooltip.tsx';
import { nodeAt } from './flame-viewport.ts';
import { announcement, frameFacts } from './frame-facts.ts';
import { frameName } from './frame-kinds.ts';
import { findFrame, findNode, frameKey, nodeKeys } from './node-keys.ts';
import type { Step } from './node-walk.ts';
import { walk } from './node-walk.ts';
import { shownTree } from './shown-tree.ts';

export interface FlameGraphProps {
  readonly tree: AnyCallTree;
  /** Accessible name: of what this is the graph. */
  readonly label: string;
  /** Functions below the root, and below each its callers. @defaultValue false */
  readonly inverted?: boolean;
  /** Only what runs in this function (`frameKey`); with {@link inverted} its callers. */
  readonly onlyFrame?: string | null;
  readonly search?: string;
  readonly hideLibraries?: boolean;
  /** Key of the zoomed node (`nodeKeys`), null = the root. Left out, the component keeps it. */
  readonly focusedNode?: string | null;
  readonly onFocus?: (key: string | null) => void;
  /** Key of the function that is marked, as the pointer is on it here or elsewhere. */
  readonly hoveredFrame?: string | null;
  readonly onHoverFrame?: (key: string | null) => void;
  /** Functions (`frameKey`) that stand out while nothing is searched for, as those of a span that the pointer is on. */
  readonly litFrames?: ReadonlySet<string> | null;
  /** Follows the frame at the keyboard's cursor, or the one that was clicked. */
  readonly onSelectFrame?: (key: string) => void;
  /** How to judge a tree with two sides. @defaultValue against all samples of each side, memory by its values alone */
  readonly comparison?: Comparison;
  /** Says a value of the tree. @defaultValue in the tree's unit */
  readonly format?: (value: number) => string;
}

const STEPS: Readonly<Record<string, Step>> = {
  ArrowUp: 'parent', ArrowDown: 'child', ArrowLeft: 'previous', ArrowRight: 'next', Home: 'first', End: 'last',
};
const LEAST_HEIGHT = 160;
const NOTHING_COMPARED: Comparison = { trials: null, isTimePerCall: false };

/** Call stacks from the top down: the wider, the more. */
export function FlameGraph(props: FlameGraphProps): JSX.Element {
  const { tree, inverted = false, hideLibraries = false, onlyFrame = null, search = '' } = props;
  const shown = useMemo(() => shownTree(tree, { inverted, hideLibraries, onlyFrame }), [tree, inverted, hideLibraries, onlyFrame]);
  const layout = useMemo(() => layoutFlames(shown), [shown]);
  if (layout.rows.length === 0) {
    return <div class="flame-graph" data-total="0" data-unit={tree.unit} data-samples="0" role="status"><p class="flame-empty muted">Nothing to draw: no samples are chosen{hideLibraries ? ', or none are in own code' : ''}.</p></div>;
  }
  return <FlameGraphOfLayout {...props} search={search} layout={layout} />;
}

function FlameGraphOfLayout(props: FlameGraphProps & { readonly layout: FlameLayout; readonly search: string }): JSX.Element {
  const { layout, label, search, onFocus, onHoverFrame, onSelectFrame, format } = props;
  const { tree } = layout;
  const keyOf = useMemo(() => nodeKeys(tree), [tree]);
  const [ownZoom, setOwnZoom] = useState<string | null>(null);
  const zoomKey = props.focusedNode === undefined ? ownZoom : props.focusedNode;
  const zoom = useMemo(() => drawnNode(layout, zoomKey), [layout, zoomKey]);
  const [cursorKey, setCursorKey] = useState<string | null>(null);
  const cursor = useMemo(() => (cursorKey === null ? zoom : drawnNode(layout, cursorKey)), [layout, cursorKey, zoom]);
  const [hovered, setHovered] = useState(-1);
  const [isFocused, setFocused] = useState(false);
  const [hasNarrow, setNarrow] = useState(false);
  const [announced, setAnnounced] = useState('');
  const scroller = useRef<HTMLDivElement>(null);
  const pointer = useRef({ x: 0, y: 0 });
  const width = useWidth(scroller);

  const found = useMemo(() => (search.trim() === '' ? null : searchCallTree(tree, search.trim())), [tree, search]);
  const lit = useMemo(() => (props.litFrames ? nodesOf(tree, props.litFrames) : null), [tree, props.litFrames]);
  const hoveredNode = hovered < tree.parent.length ? hovered : -1;
  const hoveredFrame = hoveredNode > 0 ? tree.frame[hoveredNode]! : props.hoveredFrame ? findFrame(tree.frames, props.hoveredFrame) : -1;
  const factsOf = (node: number) => frameFacts(layout, node, { zoom, format, comparison });
  const comparison = useMemo(() => props.comparison ?? (isDiff(tree) ? comparisonOf(tree) : NOTHING_COMPARED), [tree, props.comparison]);
  const height = Math.min(layout.rows.length * ROW_HEIGHT, Math.max(LEAST_HEIGHT, Math.round(innerHeight * 0.6)));

  // A layout with other nodes: the pointer may be on something else by now.
  useLayoutEffect(() => setHovered(-1), [layout]);

  const hover = (node: number): void => {
    if (node === hovered) return;
    setHovered(node);
    onHoverFrame?.(node > 0 ? frameKey(tree.frames, tree.frame[node]!) : null);
  };
  const zoomTo = (node: number): void => {
    const key = node === 0 ? null : keyOf(node);
    if (props.focusedNode === undefined) setOwnZoom(key);
    onFocus?.(key);
    moveTo(node);
    const box = scroller.current;
    if (box !== null) box.scrollTop = Math.max(0, (layout.depth[node]! - 3) * ROW_HEIGHT);
    setAnnounced(node === 0 ? 'Zoomed out to everything' : `Zoomed to ${announcement(factsOf(node))}`);
  };
  const moveTo = (node: number): void => {
    setCursorKey(keyOf(node));
    if (node > 0) onSelectFrame?.(frameKey(tree.frames, tree.frame[node]!));
  };
  const nodeOf = (event: PointerEvent | MouseEvent): number => {
    const box = scroller.current!;
    const { left, top } = box.getBoundingClientRect();
    return nodeAt({ layout, zoom, width }, event.clientX - left - box.clientLeft, Math.floor((event.clientY - top - box.clientTop + box.scrollTop) / ROW_HEIGHT));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step !== undefined) {
      const node = walk(layout, zoom, cursor, step);
      moveTo(node);
      scrollToRow(scroller.current!, layout.depth[node]!);
      setAnnounced(announcement(factsOf(node)));
    } else if (event.key === 'Enter' || event.key === ' ') zoomTo(cursor);
    else if ((event.key === 'Escape' || event.key === 'Backspace') && zoom !== 0) zoomTo(tree.parent[zoom]!);
    else return;
    event.preventDefault();
    event.stopPropagation();
    setFocused(true);
    hover(-1);
  };

  const total = layout.total[0]!;
  const say = (value: number): string => (format === undefined ? formatValue(value, tree.unit) : format(value));
  const name = (node: number): string => frameName(tree.frames, tree.frame[node]!);
  return (
    <div
      class="flame-graph"
      data-total={total}
      data-base-total={layout.baseTotal?.[0]}
      data-unit={tree.unit}
      data-samples={layout.samples[0]}
      data-nodes={tree.parent.length}
      data-rows={layout.rows.length}
      data-row-height={ROW_HEIGHT}
      data-zoom={name(zoom)}
      data-zoom-total={layout.total[zoom]}
      data-cursor={name(cursor)}
      data-hovered={hoveredNode >= 0 ? name(hoveredNode) : ''}
      data-hovered-total={hoveredNode >= 0 ? layout.total[hoveredNode] : ''}
      data-matched-total={found?.total ?? ''}
      data-lit={lit === null ? '' : lit.reduce((count, one) => count + one, 0)}
    >
      <div class="flame-head">
        <FlamePath layout={layout} zoom={zoom} onZoom={zoomTo} />
        {found !== null && (
          <p class="flame-found" role="status">
            {found.total === 0 && found.samples === 0 ? `Nothing here matches “${search.trim()}”` : `“${search.trim()}” is on the stack for ${say(found.total)}, ${formatShare(total > 0 ? found.total / total : 0)} of all (${countOf(found.samples, 'sample')}${isDiff(tree) ? ' of the side after' : ''})`}
          </p>
        )}
      </div>
      <div
        ref={scroller}
        class={`flame-scroll${hoveredNode >= 0 ? ' is-on-frame' : ''}`}
        style={{ height: `${height}px` }}
        tabIndex={0}
        role="application"
        aria-roledescription="flame graph"
        aria-label={`${label}. Arrow keys move between a function, what called it, what it called and its neighbours; Enter zooms, Escape zooms out. The table of functions has the same figures.`}
        onFocus={() => setFocused(scroller.current?.matches(':focus-visible') ?? false)}
        onBlur={() => setFocused(false)}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => {
          pointer.current = { x: event.clientX, y: event.clientY };
          hover(event.pointerType === 'touch' ? -1 : nodeOf(event));
        }}
        onPointerLeave={() => hover(-1)}
        onClick={(event) => {
          const node = nodeOf(event);
          if (node >= 0) zoomTo(node);
        }}
      >
        <FlameCanvas
          layout={layout} zoom={zoom} width={width} matches={found?.matches ?? lit} scroller={scroller} trials={comparison.trials} onNarrow={setNarrow}
          marks={{ hoveredFrame, hoveredNode, cursor: isFocused ? cursor : -1 }}
        />
      </div>
      <FlameLegend tree={tree} isTimePerCall={comparison.isTimePerCall} hasNarrow={hasNarrow} />
      <p class="visually-hidden" aria-live="polite">{announced}</p>
      {hoveredNode >= 0 && <FlameTooltip facts={factsOf(hoveredNode)} pointer={pointer.current} within={scroller} />}
    </div>
  );
}

/** The node of a key where it is drawn, else the root. */
function drawnNode(layout: FlameLayout, key: string | null): number {
  const node = key === null ? 0 : findNode(layout.tree, key);
  return node > 0 && layout.rank[node]! >= 0 ? node : 0;
}

function scrollToRow(box: HTMLElement, row: number): void {
  const top = row * ROW_HEIGHT;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW_HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_HEIGHT - box.clientHeight;
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => setWidth(box.current?.clientWidth ?? 0), []);
  useEffect(() => {
    const observer = new ResizeObserver(() => setWidth(box.current?.clientWidth ?? 0));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  return width;
}

function nodesOf({ frames, frame }: AnyCallTree, keys: ReadonlySet<string>): Uint8Array {
  const isMeant = frames.name.map((_, i) => keys.has(frameKey(frames, i)));
  return Uint8Array.from(frame, (of, node) => (node > 0 && isMeant[of]! ? 1 : 0));
}
