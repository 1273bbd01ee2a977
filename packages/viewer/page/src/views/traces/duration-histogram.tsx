import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { DurationHistogram } from '../../../../src/api/answers.ts';
import { countOf, formatDuration } from '../../format/units.ts';
import type { Brush } from './brush.ts';
import { brushBetween, brushOf, moveBorder, rangeOf, wholeBrush } from './brush.ts';
import './duration-histogram.css';

export interface DurationHistogramProps {
  readonly histogram: DurationHistogram;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** null = no limit. */
  readonly onRange: (min: number | null, max: number | null) => void;
}

/** How many traces took how long, on a logarithmic scale; dragging over it, or moving its two borders by key, filters. */
export function DurationHistogramChart({ histogram, min, max, onRange }: DurationHistogramProps): JSX.Element {
  const { edgesNanos: edges, counts, errors } = histogram;
  const buckets = counts.length;
  const plot = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number }>();
  const [hovered, setHovered] = useState(-1);
  const chosen: Brush = drag === undefined ? brushOf(min, max, edges) : brushBetween(drag.from, drag.to, buckets);
  const isWhole = chosen.start === 0 && chosen.end === buckets;
  const tallest = counts.reduce((most, count) => Math.max(most, count), 0);

  const choose = (brush: Brush): void => {
    const range = rangeOf(brush, edges);
    onRange(range.min, range.max);
  };
  const shareAt = (event: PointerEvent): number => {
    const { left, width } = plot.current!.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - left) / width));
  };
  const borderKey = (border: 'start' | 'end') => (event: KeyboardEvent): void => {
    const at = chosen[border];
    const steps: Partial<Record<string, number>> = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageDown: at - 5, PageUp: at + 5, Home: 0, End: buckets };
    const to = event.key === 'Escape' ? undefined : steps[event.key];
    if (to === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    choose(to === undefined ? wholeBrush(buckets) : moveBorder(chosen, border, to, buckets));
  };
  const about = hovered >= 0 && hovered < buckets
    ? `${formatDuration(edges[hovered])} to ${formatDuration(edges[hovered + 1])}: ${countOf(counts[hovered]!, 'trace')}${errors[hovered]! > 0 ? `, ${errors[hovered]!} with errors` : ''}`
    : `${formatDuration(edges[chosen.start])} to ${formatDuration(edges[chosen.end])}${isWhole ? '' : ' chosen'}`;

  return (
    <figure class="histogram card" aria-label="Durations of traces">
      <figcaption>
        <span>Duration of traces <span class="muted">· drag to choose a range</span></span>
        <span class="histogram-about">{about}</span>
      </figcaption>
      <div
        ref={plot}
        class="histogram-plot"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = shareAt(event);
          setDrag({ from: at, to: at });
        }}
        onPointerMove={(event) => {
          const at = shareAt(event);
          setHovered(Math.min(buckets - 1, Math.floor(at * buckets)));
          if (drag !== undefined) setDrag({ from: drag.from, to: at });
        }}
        onPointerUp={() => {
          setDrag(undefined);
          if (drag !== undefined) choose(brushBetween(drag.from, drag.to, buckets));
        }}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => setHovered(-1)}
        onDblClick={() => onRange(null, null)}
      >
        {counts.map((count, bucket) => (
          <div key={bucket} class={`histogram-bucket${bucket >= chosen.start && bucket < chosen.end ? ' is-chosen' : ''}${bucket === hovered ? ' is-hovered' : ''}`} data-count={count}>
            <div class="histogram-bar" style={{ height: `${barHeight(count, tallest)}%` }}>
              {errors[bucket]! > 0 && <div class="histogram-errors" style={{ height: `max(2px, ${(errors[bucket]! / count) * 100}%)` }} />}
            </div>
          </div>
        ))}
        {(['start', 'end'] as const).map((border) => (
          <div
            key={border}
            class={`histogram-border is-${border}`}
            style={{ left: `${(chosen[border] / Math.max(1, buckets)) * 100}%` }}
            role="slider"
            tabIndex={0}
            aria-label={border === 'start' ? 'Shortest duration' : 'Longest duration'}
            aria-valuemin={0}
            aria-valuemax={buckets}
            aria-valuenow={chosen[border]}
            aria-valuetext={formatDuration(edges[chosen[border]])}
            onKeyDown={borderKey(border)}
          />
        ))}
      </div>
      <div class="histogram-axis muted" aria-hidden="true">
        {axisTicks(edges).map(({ share, text }) => <span key={text} class={share === 1 ? 'at-end' : undefined} style={{ left: `${share * 100}%` }}>{text}</span>)}
      </div>
    </figure>
  );
}

/** A bucket of a single trace must be seen beside one of thousands. */
function barHeight(count: number, tallest: number): number {
  return count === 0 ? 0 : Math.max(4, (count / tallest) * 100);
}

/** A handful of borders, evenly apart. */
export function axisTicks(edges: readonly number[], most = 6): readonly { readonly share: number; readonly text: string }[] {
  const buckets = edges.length - 1;
  if (buckets < 1) return [];
  const step = Math.max(1, Math.ceil(buckets / (most - 1)));
  const ticks: { share: number; text: string }[] = [];
  for (let edge = 0; edge <= buckets; edge += step) ticks.push({ share: edge / buckets, text: formatDuration(edges[edge]) });
  return ticks;
}
