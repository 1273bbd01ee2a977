import type { Finding } from '../../api/answers.ts';
import type { SelectedSamples } from '../sample-selection.ts';

/** What findings are about. */
export interface Subject {
  /** Of the selection. */
  readonly selected: readonly SelectedSamples[];
  readonly samples: number;
  readonly wallNanos: number;
  /** How a sentence calls it: `this span`, `GET /users/:id`. */
  readonly name: string;
  readonly place: Pick<Finding, 'trace' | 'span' | 'scope'>;
}

export function createSubject(selected: readonly SelectedSamples[], name: string, place: Subject['place']): Subject {
  let samples = 0;
  let wallNanos = 0;
  for (const part of selected) {
    samples += part.samples.length;
    for (const sample of part.samples) wallNanos += part.stored.wallNanos[sample]!;
  }
  return { selected, samples, wallNanos, name, place };
}
