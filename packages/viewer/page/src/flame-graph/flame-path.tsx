import type { JSX } from 'preact';
import type { FlameLayout } from './flame-layout.ts';
import { frameName } from './frame-kinds.ts';

export interface FlamePathProps {
  readonly layout: FlameLayout;
  readonly zoom: number;
  readonly onZoom: (node: number) => void;
}

/** Nearer callers are named, the others behind an ellipsis. */
const NAMED = 4;

/** The way from the root to the zoomed node. */
export function FlamePath({ layout: { tree }, zoom, onZoom }: FlamePathProps): JSX.Element {
  const path: number[] = [];
  for (let node = zoom; node > 0; node = tree.parent[node]!) path.unshift(node);
  const shown = path.length <= NAMED + 1 ? path : path.slice(-NAMED);
  const name = (node: number): string => (node === 0 ? 'all' : frameName(tree.frames, tree.frame[node]!));
  return (
    <nav aria-label="Zoomed to" class="flame-path-nav">
      <ol class="flame-path">
        {zoom === 0
          ? <li><span aria-current="true">all</span></li>
          : <li><button type="button" onClick={() => onZoom(0)}>all</button></li>}
        {shown.length < path.length && <li><span title={path.slice(0, -NAMED).map(name).join(' › ')}>… {path.length - NAMED} more</span></li>}
        {shown.map((node) => (
          <li key={node}>
            {node === zoom
              ? <span class="cut mono" aria-current="true">{name(node)}</span>
              : <button type="button" class="cut mono" onClick={() => onZoom(node)}>{name(node)}</button>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
