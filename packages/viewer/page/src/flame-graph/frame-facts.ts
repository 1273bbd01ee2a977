import { isDiff } from '../../../src/call-tree/columns.ts';
import { countOf, formatShare, formatValue } from '../format/units.ts';
import { changeKind, changeText, changeWord } from './change.ts';
import type { ChangeKind, Comparison } from './change.ts';
import type { FlameLayout } from './flame-layout.ts';
import type { FrameKind } from './frame-kinds.ts';
import { frameKind, frameName, KIND_WORDS, placeText } from './frame-kinds.ts';

/** What a reader is told of a node, by the tooltip and by announcements alike. */
export interface FrameFacts {
  readonly name: string;
  readonly place: string;
  readonly kind: FrameKind;
  /** Own code, or the package and whose it is. */
  readonly origin: string;
  readonly lines: readonly FactLine[];
  readonly change: ChangeKind | null;
}

export interface FactLine {
  readonly label: string;
  readonly value: string;
}

export interface FactsOptions {
  /** Node that fills the width. */
  readonly zoom: number;
  /** Says a value of the tree. @defaultValue in the tree's unit */
  readonly format?: ((value: number) => string) | undefined;
  readonly comparison: Comparison;
}

export function frameFacts(layout: FlameLayout, node: number, { zoom, format, comparison }: FactsOptions): FrameFacts {
  const { tree, total, samples, extent } = layout;
  const frame = tree.frame[node]!;
  const say = (value: number): string => (format === undefined ? formatValue(value, tree.unit) : format(value));
  const kind = frameKind(tree.frames, frame);
  const packageName = tree.frames.packageName[frame]!;
  const lines: FactLine[] = [];
  let change: ChangeKind | null = null;
  if (isDiff(tree)) {
    const base = { value: layout.baseTotal![node]!, samples: layout.baseSamples![node]! };
    const other = { value: total[node]!, samples: samples[node]! };
    change = changeKind(base, other, comparison.trials);
    const factor = changeText(base.value, other.value);
    lines.push(
      { label: 'before', value: `${say(base.value)}, ${countOf(base.samples, 'sample')}` },
      { label: 'after', value: `${say(other.value)}, ${countOf(other.samples, 'sample')}` },
      { label: 'change', value: `${changeWord(change, comparison.isTimePerCall)}${factor === '' || change === 'same' ? '' : ` (${factor})`}` },
      { label: 'self', value: `${say(tree.baseSelf[node]!)} → ${say(tree.self[node]!)}` },
    );
  } else {
    lines.push(
      { label: 'total', value: say(total[node]!) },
      { label: 'self', value: say(tree.self[node]!) },
      { label: 'of all', value: formatShare(extent[node]! / extent[0]!) },
    );
    if (zoom !== 0) lines.push({ label: `of ${frameName(tree.frames, tree.frame[zoom]!)}`, value: formatShare(Math.min(1, extent[node]! / extent[zoom]!)) });
    lines.push({ label: 'samples', value: `${countOf(samples[node]!, 'sample')}, ${tree.samples[node]!} in itself` });
  }
  return {
    name: frameName(tree.frames, frame),
    place: placeText(tree.frames, frame),
    kind,
    origin: node === 0 ? '' : packageName === '' ? KIND_WORDS[kind] : `${packageName} (${KIND_WORDS[kind]})`,
    lines,
    change,
  };
}

/** One sentence for those who do not see the graph. */
export function announcement({ name, place, origin, lines }: FrameFacts): string {
  return [name, place, origin, ...lines.map(({ label, value }) => `${label} ${value}`)].filter((part) => part !== '').join(', ');
}
