import type { JSX } from 'preact';
import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import type { TraceAnswer } from '../../../../src/api/answers.ts';
import { shownRevision } from '../../api/live-state.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { useThrottled } from '../../api/use-throttled.ts';
import { EmptyState, ErrorNotice } from '../../design/controls.tsx';
import { serviceColour } from '../../design/service-colour.ts';
import { countOf, formatDuration, formatMoment } from '../../format/units.ts';
import { Link } from '../../router/link.tsx';
import { frameMoments } from './linked-samples.ts';
import { isSettled } from './settled.ts';
import { changeSpan, defaultSpan, spanAddress } from './span-address.ts';
import { SpanPanel } from './span-panel.tsx';
import './trace-view.css';
import { Waterfall } from './waterfall.tsx';

const REFRESH_MILLIS = 2_000;

export function TraceView({ traceId }: { readonly traceId: string }): JSX.Element {
  const latest = useThrottled(shownRevision.value, REFRESH_MILLIS);
  const followed = useRef(latest);
  const isDone = useRef(false);
  if (!isDone.current) followed.current = latest;
  const revision = followed.current;
  const { answer: trace, error, retry } = useAnswer('trace', { trace: traceId }, revision);
  isDone.current = trace !== undefined && isSettled(trace, Date.now());
  if (trace === undefined) {
    return (
      <>
        <h1>Trace</h1>
        {error === undefined ? <p class="muted" role="status">Loading</p> : <ErrorNotice error={error} onRetry={retry} />}
        <p><Link href="/traces">All traces</Link></p>
      </>
    );
  }
  return <LoadedTrace trace={trace} error={error} retry={retry} revision={revision} />;
}

interface LoadedTraceProps {
  readonly trace: TraceAnswer;
  readonly error: Error | undefined;
  readonly retry: () => void;
  readonly revision: number | undefined;
}

function LoadedTrace({ trace, error, retry, revision }: LoadedTraceProps): JSX.Element {
  const { span: wanted } = spanAddress();
  const { spans, traceId } = trace;
  const root = useMemo(() => defaultSpan(spans), [spans]);
  const span = useMemo(() => (wanted === null ? root : spans.find(({ spanId }) => spanId === wanted)), [spans, wanted, root]);
  const services = useMemo(() => [...new Set(spans.map(({ service }) => service))], [spans]);
  const errors = useMemo(() => spans.reduce((count, { error }) => count + (error ? 1 : 0), 0), [spans]);
  const [hoveredSpan, setHoveredSpan] = useState<string | null>(null);
  const [hoveredFrame, setHoveredFrame] = useState<string | null>(null);
  const timeline = useAnswer('timeline', span === undefined ? null : { trace: traceId, span: span.spanId }, revision);
  const ofSpan = timeline.isStale ? undefined : timeline.answer;
  const moments = useMemo(() => (hoveredFrame === null || ofSpan === undefined ? null : frameMoments(ofSpan, hoveredFrame)), [hoveredFrame, ofSpan]);
  const choose = useCallback((spanId: string) => changeSpan({ span: spanId }), []);
  return (
    <>
      <header class="trace-head">
        <p><Link href="/traces">Traces</Link> <span class="muted">/ {traceId}</span></p>
        <h1>{root === undefined || root.name === '' ? 'Trace' : root.name}</h1>
        <p class="trace-figures">
          <strong data-duration-nanos={trace.durationNanos}>{formatDuration(trace.durationNanos)}</strong>
          <span>{formatMoment(trace.startMoment)}</span>
          <span>{countOf(spans.length, 'span')}</span>
          <span>{countOf(trace.samples, 'sample')}</span>
          {errors > 0 && <span class="trace-errors">{countOf(errors, 'error')}</span>}
          {services.map((service) => <span key={service} class="trace-service"><span class="service-mark" style={{ background: serviceColour(service) }} />{service}</span>)}
        </p>
      </header>
      {error !== undefined && <ErrorNotice error={error} onRetry={retry} />}
      <Waterfall trace={trace} chosen={span?.spanId ?? null} onChoose={choose} hoveredSpan={hoveredSpan} onHoverSpan={setHoveredSpan} moments={moments} />
      {span === undefined
        ? <div class="card"><EmptyState title={spans.length === 0 ? 'This trace has no spans' : 'This span is not in the trace'}>{spans.length > 0 && <p>It may come yet. Choose another one above.</p>}</EmptyState></div>
        : (
          <SpanPanel
            trace={trace} span={span} revision={revision}
            timeline={ofSpan} timelineError={timeline.error}
            hoveredFrame={hoveredFrame} onHoverFrame={setHoveredFrame} hoveredSpan={hoveredSpan} onHoverSpan={setHoveredSpan}
          />
        )}
    </>
  );
}
