import type { ComponentChildren, JSX } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import type { AnyCallTree } from '../../../src/call-tree/columns.ts';
import { isDiff } from '../../../src/call-tree/columns.ts';
import { Button, SegmentedControl } from '../design/controls.tsx';
import { formatValue } from '../format/units.ts';
import { ChangeTable } from './change-table.tsx';
import type { Comparison } from './change.ts';
import { comparisonOf } from './change.ts';
import { changeFlames, flameAddress } from './flame-address.ts';
import { FlameGraph } from './flame-graph.tsx';
import './flame-panel.css';
import { FlameSearch } from './flame-search.tsx';
import { frameName } from './frame-kinds.ts';
import { FunctionTable } from './function-table.tsx';
import { findFrameText, frameKey, frameText } from './node-keys.ts';
import { PackageTable } from './package-table.tsx';
import { shownTree } from './shown-tree.ts';

export interface FlamePanelProps {
  readonly tree: AnyCallTree;
  /** Of what: `wall time of GET /products/:id`. */
  readonly label: string;
  /** How to judge a tree with two sides. */
  readonly comparison?: Comparison;
  readonly format?: (value: number) => string;
  /** Marked together with what else on the page knows functions. Left out, graph and table mark each other. */
  readonly hoveredFrame?: string | null;
  readonly onHoverFrame?: (key: string | null) => void;
  /** Functions that stand out in the graph, see `FlameGraph`. */
  readonly litFrames?: ReadonlySet<string> | null;
  /** Further tools, such as downloads. */
  readonly children?: ComponentChildren;
}


/** A flame graph with its tools and tables. What the reader chooses in it is in the address. */
export function FlamePanel({ tree, label, comparison, format, hoveredFrame, onHoverFrame, litFrames = null, children }: FlamePanelProps): JSX.Element {
  const { search, inverted, hideLibraries, only, zoom, table, sort } = flameAddress();
  const [ownHovered, setOwnHovered] = useState<string | null>(null);
  const hovered = hoveredFrame === undefined ? ownHovered : hoveredFrame;
  const hover = useCallback((key: string | null): void => {
    setOwnHovered(key);
    onHoverFrame?.(key);
  }, [onHoverFrame]);
  const onlyFrame = useMemo(() => (only === null ? -1 : findFrameText(tree.frames, only)), [tree, only]);
  const onlyKey = onlyFrame < 0 ? null : frameKey(tree.frames, onlyFrame);
  const listed = useMemo(() => shownTree(tree, { inverted: false, hideLibraries, onlyFrame: onlyKey }), [tree, hideLibraries, onlyKey]);
  const showOnly = useCallback((frame: number): void => changeFlames({ only: frame < 0 ? null : frameText(tree.frames, frame) }), [tree]);
  const say = useCallback((value: number): string => (format === undefined ? formatValue(value, tree.unit) : format(value)), [format, tree.unit]);
  const list = {
    search, sort, only: onlyFrame, onOnly: showOnly, hoveredFrame: hovered, onHoverFrame: hover,
    onSort: (sort: string) => changeFlames({ sort }, true),
  };
  return (
    <section class="flame-panel" aria-label={`Flame graph of ${label}`}>
      <div class="flame-tools">
        <FlameSearch value={search} onChange={(text) => changeFlames({ search: text }, true)} />
        <SegmentedControl
          label="Stacks" value={inverted ? 'callers' : 'calls'} onChange={(value) => changeFlames({ inverted: value === 'callers' })}
          segments={[{ value: 'calls', label: 'Calls', title: 'Below each function what it called' }, { value: 'callers', label: 'Callers', title: 'Below each function what called it' }]}
        />
        <label class="check"><input type="checkbox" checked={hideLibraries} onChange={(event) => changeFlames({ hideLibraries: event.currentTarget.checked })} /> Hide library frames</label>
        {children}
      </div>
      {hideLibraries && <p class="muted flame-note">What libraries, Node.js and the engine did counts for the own function that called them.</p>}
      {only !== null && (
        <p class="notice flame-only">
          <span>{onlyFrame < 0
            ? <>The function <span class="mono">{only}</span> is not in these samples, so everything is shown.</>
            : <>{inverted ? 'Only the callers of ' : 'Only what runs in '}<span class="mono">{frameName(tree.frames, onlyFrame)}</span>, wherever it was called.</>}</span>
          <Button onClick={() => changeFlames({ only: null })}>Show everything</Button>
        </p>
      )}
      <FlameGraph
        tree={tree} label={`Flame graph of ${label}`} inverted={inverted} hideLibraries={hideLibraries} onlyFrame={onlyKey} search={search}
        focusedNode={zoom} onFocus={(key) => changeFlames({ zoom: key })} hoveredFrame={hovered} onHoverFrame={hover} litFrames={litFrames}
        {...(comparison !== undefined && { comparison })} {...(format !== undefined && { format })}
      />
      {isDiff(listed)
        ? <ChangeTable {...list} tree={listed} comparison={comparison ?? comparisonOf(listed)} format={say} label={`What changed in ${label}, by function`} />
        : (
          <>
            <SegmentedControl
              label="Table of" value={table} onChange={(value) => changeFlames({ table: value }, true)}
              segments={[{ value: 'functions', label: 'Functions' }, { value: 'packages', label: 'Packages' }]}
            />
            {table === 'packages'
              ? <PackageTable tree={listed} label={`Packages in ${label}`} search={search} sort={sort} onSort={list.onSort} onSearch={(text) => changeFlames({ search: text })} />
              : <FunctionTable {...list} tree={listed} label={`Functions in ${label}`} />}
          </>
        )}
    </section>
  );
}
