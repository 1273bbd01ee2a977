import type { JSX } from 'preact';
import type { DiffAnswer, DiffSide } from '../../../../src/api/answers.ts';
import { changeKind, changeText, changeWord } from '../../flame-graph/change.ts';
import type { Comparison } from '../../flame-graph/change.ts';
import { countOf, formatValue } from '../../format/units.ts';

export interface DiffSummaryProps {
  readonly answer: DiffAnswer;
  readonly comparison: Comparison;
  readonly hasEndpoint: boolean;
  /** What each side is: its version or its time. */
  readonly names: { readonly base: string; readonly other: string };
}

/** Both sides as a whole, and how they are made comparable. */
export function DiffSummary({ answer, comparison, hasEndpoint, names }: DiffSummaryProps): JSX.Element {
  const { base, other, normalisedBy, tree } = answer;
  const perCall = normalisedBy === 'calls';
  const values = [base, other].map(({ total, calls }) => (perCall && calls !== null && calls > 0 ? total / calls : total)) as [number, number];
  const kind = changeKind({ value: values[0], samples: base.samples }, { value: values[1], samples: other.samples }, perCall ? comparison.trials : null);
  const factor = changeText(...values);
  const verdict = `${changeWord(kind, comparison.isTimePerCall)}${factor === '' || kind === 'same' ? '' : ` (${factor})`}`;
  const side = (name: string, of: DiffSide, value: number, label: string, key: 'base' | 'other'): JSX.Element => (
    <div class={`diff-side diff-side-${key}`} data-side={key} data-total={of.total} data-samples={of.samples} data-calls={of.calls ?? ''}>
      <h3>{label}: {name}</h3>
      <p>{perCall ? <><strong>{formatValue(value, tree.unit)} per call</strong>, {countOf(of.calls ?? 0, 'call')}, </> : null}{formatValue(of.total, tree.unit)} in {countOf(of.samples, 'sample')}</p>
    </div>
  );
  return (
    <section class="diff-summary" aria-label="Both sides">
      <div class="diff-sides">
        {side(names.base, base, values[0], 'Before', 'base')}
        {side(names.other, other, values[1], 'After', 'other')}
        {perCall && <div class="diff-side" data-side="verdict"><h3>Per call</h3><p><strong>{verdict}</strong></p></div>}
      </div>
      <p class="view-note">{perCall
        ? 'All values below are per call, since both sides count their calls: more traffic alone changes nothing.'
        : `All values below are parts of their side’s total, in which what grew did so at the expense of the rest. ${hasEndpoint ? 'Calls are not known for both sides: nobody counted them, or a time cuts a profile of which too few traces are held to tell.' : 'Choose an endpoint to compare per call.'}`}
      {tree.unit === 'nanoseconds' ? ' A change counts where chance does not explain the number of samples.' : ' Sizes are estimated from samples, and their chance is not known.'}</p>
    </section>
  );
}
