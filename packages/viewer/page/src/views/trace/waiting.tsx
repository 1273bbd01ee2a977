import type { JSX } from 'preact';
import type { SpanAnswer } from '../../../../src/api/answers.ts';
import { Link } from '../../router/link.tsx';
import { hrefWith } from '../../router/address.ts';
import { NO_FLAME_STATE } from '../../flame-graph/flame-address.ts';
import { isTooShortToTell, waitGroups, waitGroupText, waitingSentence } from './waiting-text.ts';

const SHOWN = 4;

/** Where the span waited, in a sentence. */
export function Waiting({ answer }: { readonly answer: SpanAnswer }): JSX.Element {
  const { span, waits, samplingIntervalNanos } = answer;
  const isTold = span.waitingNanos !== null && span.waitingNanos > 0 && !isTooShortToTell(span, samplingIntervalNanos);
  const groups = isTold ? waitGroups(waits) : [];
  const shown = groups.slice(0, SHOWN);
  const rest = groups.length - shown.length;
  return (
    <p class="waiting" data-waiting-nanos={span.waitingNanos ?? ''}>
      {waitingSentence(span, samplingIntervalNanos)}
      {shown.length > 0 && ': '}
      {shown.map((group, i) => (
        <span key={group.name ?? ''}>
          {i > 0 && ', '}
          {group.spanId === null ? waitGroupText(group) : <Link href={hrefWith({ span: group.spanId, ...NO_FLAME_STATE })}>{waitGroupText(group)}</Link>}
        </span>
      ))}
      {rest > 0 && `, and ${rest} more`}
      {isTold && '.'}
    </p>
  );
}
