import type { ComponentChildren, JSX } from 'preact';
import type { CallTreeAnswer } from '../../../../src/api/answers.ts';
import type { SampleSelection } from '../../../../src/api/selection.ts';
import type { Query } from '../../api/client.ts';
import { useShownRevision } from '../../api/use-shown-revision.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { ErrorNotice } from '../../design/controls.tsx';
import { FlamePanel } from '../../flame-graph/flame-panel.tsx';
import { countOf, formatDuration, formatMoment, formatValue } from '../../format/units.ts';
import { Downloads } from './downloads.tsx';
import './samples-section.css';
import { TYPE_WORDS } from './value-types.ts';

export interface SamplesSectionProps {
  readonly selection: SampleSelection;
  /** Whose samples: `GET /products/:id`. */
  readonly subject: string;
  /** What to do where there are no samples. */
  readonly empty: ComponentChildren;
  /** Tools beside those of the flame graph. */
  readonly children?: ComponentChildren;
}

/** The selected samples: on what they rest, their flame graph and tables, and ways to take them elsewhere. */
export function SamplesSection({ selection, subject, empty, children }: SamplesSectionProps): JSX.Element {
  const { answer, error, retry, isStale } = useAnswer('call-tree', selection as Query, useShownRevision());
  const words = TYPE_WORDS[selection.type ?? 'wall'];
  return (
    <div class={`samples-section${isStale ? ' is-stale' : ''}`} aria-busy={isStale}>
      {error !== undefined && <ErrorNotice error={error} onRetry={retry} />}
      {answer !== undefined && (answer.samples === 0
        ? <div class="card samples-none" role="status">{empty}</div>
        : (
          <>
            <p class="muted samples-basis">{basisText(answer)}</p>
            <FlamePanel tree={answer.tree} label={`${words} of ${subject}`}>
              {children}
              <Downloads selection={selection} title={`${subject}: ${words}`} />
            </FlamePanel>
          </>
        ))}
    </div>
  );
}

/** What figures rest on. */
function basisText({ total, samples, tree, profiles, calls, samplingIntervalNanos, firstMoment, lastMoment }: CallTreeAnswer): string {
  const isTime = tree.unit === 'nanoseconds';
  const parts = [
    `${formatValue(total, tree.unit)} in ${countOf(samples, 'sample')} of ${countOf(profiles, 'profile')}`,
    calls !== null && calls > 0 ? `${countOf(calls, 'call')}, ${formatValue(total / calls, tree.unit)} each` : '',
    isTime && samplingIntervalNanos !== null ? `one sample every ${formatDuration(samplingIntervalNanos)}` : '',
    firstMoment === null || lastMoment === null ? '' : `${formatMoment(firstMoment).slice(0, -4)} to ${formatMoment(lastMoment).slice(0, -4)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
