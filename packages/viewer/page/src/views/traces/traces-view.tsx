import type { JSX } from 'preact';
import { shownRevision } from '../../api/live-state.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { ErrorNotice } from '../../design/controls.tsx';
import { countOf, formatDuration } from '../../format/units.ts';
import { Link } from '../../router/link.tsx';

export function TracesView(): JSX.Element {
  const { answer, error, retry } = useAnswer('traces', {}, shownRevision.value);
  return (
    <>
      <h1>Traces</h1>
      {error !== undefined && <ErrorNotice error={error} onRetry={retry} />}
      <ul>
        {answer?.traces.map((trace) => (
          <li key={trace.traceId}>
            <Link href={`/trace/${trace.traceId}`}>{trace.service} {trace.endpoint}</Link> {formatDuration(trace.durationNanos)} {countOf(trace.spans, 'span')}
          </li>
        ))}
      </ul>
    </>
  );
}
