import type { JSX } from 'preact';
import { useAnswer } from '../../api/use-answer.ts';
import { ErrorNotice } from '../../design/controls.tsx';
import { countOf, formatDuration } from '../../format/units.ts';

export function TraceView({ traceId }: { readonly traceId: string }): JSX.Element {
  const { answer, error, retry } = useAnswer('trace', { trace: traceId });
  return (
    <>
      <h1>Trace {traceId}</h1>
      {error !== undefined && <ErrorNotice error={error} onRetry={retry} />}
      {answer !== undefined && <p>{formatDuration(answer.durationNanos)}, {countOf(answer.spans.length, 'span')}</p>}
    </>
  );
}
