import type { ProfileLabels } from './profile-labels.ts';
import type { SampleContext } from './sample-context.ts';

/** The record of samples that carry labels of the user's own, inside a span or not. As slim as a sample context. */
export class LabelledContext {
  readonly span: SampleContext | undefined;
  readonly labels: ProfileLabels;

  constructor(span: SampleContext | undefined, labels: ProfileLabels) {
    this.span = span;
    this.labels = labels;
  }
}
