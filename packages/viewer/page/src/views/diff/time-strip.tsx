import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { formatMoment } from '../../format/units.ts';
import type { Range, SideName } from './diff-address.ts';
import { rangeBetween } from './range-between.ts';

export interface TimeStripProps {
  readonly held: Range;
  /** One value for each equal part of {@link held}. */
  readonly values: readonly number[];
  readonly times: Readonly<Record<SideName, Range | null>>;
  /** The side that dragging chooses. */
  readonly side: SideName;
  readonly onRange: (side: SideName, range: Range) => void;
}

const HEIGHT = 64;
const WIDTH = 1_000;

/** What was used over time, with both ranges; drag to choose one. The fields below it do the same for the keyboard. */
export function TimeStrip({ held, values, times, side, onRange }: TimeStripProps): JSX.Element {
  const strip = useRef<SVGSVGElement>(null);
  const start = useRef(0);
  const [draft, setDraft] = useState<Range | null>(null);
  const shareAt = (event: PointerEvent): number => {
    const { left, width } = strip.current!.getBoundingClientRect();
    return (event.clientX - left) / Math.max(1, width);
  };
  const x = (moment: number): number => ((moment - held.from) / (held.to - held.from)) * WIDTH;
  const highest = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length);
  const shown = { ...times, ...(draft !== null && { [side]: draft }) };
  return (
    <div class="time-strip card">
      <svg
        ref={strip} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img"
        aria-label={`CPU time from ${formatMoment(held.from)} to ${formatMoment(held.to)}, with the two ranges that are compared`}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = shareAt(event);
        }}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && setDraft(rangeBetween(held, start.current, shareAt(event)))}
        onPointerUp={(event) => {
          const range = rangeBetween(held, start.current, shareAt(event));
          setDraft(null);
          if (range !== null) onRange(side, range);
        }}
        onPointerCancel={() => setDraft(null)}
      >
        {values.map((value, i) => value > 0 && <rect key={i} class="time-strip-bar" x={i * step} width={Math.max(0.5, step - 0.5)} y={HEIGHT - (value / highest) * (HEIGHT - 4)} height={(value / highest) * (HEIGHT - 4)} />)}
        {(['base', 'other'] as const).map((name) => {
          const range = shown[name];
          return range !== null && <rect key={name} class={`time-strip-range time-strip-${name}`} x={x(range.from)} width={Math.max(2, x(range.to) - x(range.from))} y={0} height={HEIGHT} />;
        })}
      </svg>
      <p class="time-strip-ends muted"><span>{formatMoment(held.from).slice(0, -4)}</span><span>{formatMoment(held.to).slice(0, -4)}</span></p>
    </div>
  );
}
