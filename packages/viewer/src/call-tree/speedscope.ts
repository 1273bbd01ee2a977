import type { CallTree } from './call-tree.ts';

/** A tree in speedscope's file format, as one profile of weighted stacks. See https://www.speedscope.app/file-format-schema.json. */
export interface SpeedscopeFile {
  readonly $schema: 'https://www.speedscope.app/file-format-schema.json';
  readonly name: string;
  readonly exporter: 'flamespan';
  readonly shared: { readonly frames: readonly { readonly name: string; readonly file?: string; readonly line?: number }[] };
  readonly profiles: readonly [{
    readonly type: 'sampled';
    readonly name: string;
    readonly unit: 'nanoseconds' | 'bytes' | 'none';
    readonly startValue: 0;
    readonly endValue: number;
    /** Frames of each stack, outermost first. */
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }];
}

export function speedscopeFromCallTree({ unit, frames, parent, frame, self }: CallTree, name: string): SpeedscopeFile {
  const samples: number[][] = [];
  const weights: number[] = [];
  for (let i = 0; i < parent.length; i++) {
    if (self[i] === 0) continue;
    const stack: number[] = [];
    for (let at = i; at > 0; at = parent[at]!) stack.push(frame[at]!);
    samples.push(stack.reverse());
    weights.push(self[i]!);
  }
  return {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name,
    exporter: 'flamespan',
    shared: {
      frames: frames.name.map((text, i) => ({
        name: text === '' ? '(anonymous)' : text,
        ...(frames.filename[i] === '' ? {} : { file: frames.filename[i]! }),
        ...(frames.line[i] === 0 ? {} : { line: frames.line[i]! }),
      })),
    },
    profiles: [{
      type: 'sampled', name, unit: unit === 'count' ? 'none' : unit, startValue: 0,
      endValue: weights.reduce((sum, weight) => sum + weight, 0), samples, weights,
    }],
  };
}
