import type { JSX } from 'preact';
import type { SpanAnswer } from '../../../../src/api/answers.ts';
import type { Scope } from '../../../../src/api/selection.ts';
import { Button, SegmentedControl } from '../../design/controls.tsx';
import { countOf, formatDuration, formatShortSpanNote } from '../../format/units.ts';
import { changeSpan, SCOPES } from './span-address.ts';

/** The four scopes, each with its number of samples; an empty one can be chosen too, and then says why it is empty. */
export function ScopeSwitch({ answer, scope }: { readonly answer: SpanAnswer; readonly scope: Scope }): JSX.Element {
  return (
    <SegmentedControl
      label="Scope"
      value={scope}
      onChange={(chosen) => changeSpan({ scope: chosen })}
      segments={SCOPES.map(({ scope: value, label, title }) => ({
        value, label, title, note: countOf(answer.samplesByScope[value], 'sample'), isEmpty: answer.samplesByScope[value] === 0,
      }))}
    />
  );
}

/** Why a scope has no samples, and which wider one has some. */
export function EmptyScope({ answer, scope }: { readonly answer: SpanAnswer; readonly scope: Scope }): JSX.Element {
  const { span, samplingIntervalNanos, samplesByScope } = answer;
  const wider = SCOPES.slice(SCOPES.findIndex((known) => known.scope === scope)).concat(SCOPES).find((known) => samplesByScope[known.scope] > 0);
  const isShort = samplingIntervalNanos !== null && span.durationNanos < samplingIntervalNanos * 2;
  return (
    <div class="empty-scope" role="status">
      <p>
        <strong>No samples in {SCOPES.find((known) => known.scope === scope)!.label}.</strong>{' '}
        {samplingIntervalNanos === null
          ? `No profile of ${span.service} covers this span. Profiles come once a minute by default, so the newest spans have none yet; a service without the ProfilingSpanProcessor never has.`
          : isShort
            ? `${formatShortSpanNote(samplingIntervalNanos)}; this one took ${formatDuration(span.durationNanos)}.`
            : `${formatShortSpanNote(samplingIntervalNanos)}, and so may a span that waits, as waiting is not sampled. A span counts only while it is active.`}
      </p>
      {wider !== undefined && wider.scope !== scope && (
        <p><Button variant="primary" onClick={() => changeSpan({ scope: wider.scope })}>Show {wider.label}: {countOf(samplesByScope[wider.scope], 'sample')}</Button></p>
      )}
    </div>
  );
}
