import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TimelineAnswer, TraceAnswer, TraceSpan } from '../../../../src/api/answers.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { ErrorNotice, SegmentedControl } from '../../design/controls.tsx';
import { serviceColour } from '../../design/service-colour.ts';
import { FlamePanel } from '../../flame-graph/flame-panel.tsx';
import { countOf, formatDuration, formatShare, formatShortSpanNote } from '../../format/units.ts';
import { FindingsPanel } from '../findings/findings-panel.tsx';
import { Timeline } from '../timeline/timeline.tsx';
import { framesOfSpan } from './linked-samples.ts';
import { EmptyScope, ScopeSwitch } from './scope-switch.tsx';
import { changeSpan, SCOPES, spanAddress } from './span-address.ts';
import { SpanFacts } from './span-facts.tsx';
import './span-panel.css';
import { isTooShortToTell } from './waiting-text.ts';
import { Waiting } from './waiting.tsx';

export interface SpanPanelProps {
  readonly trace: TraceAnswer;
  readonly span: TraceSpan;
  readonly timeline: TimelineAnswer | undefined;
  readonly timelineError: Error | undefined;
  readonly revision: number | undefined;
  readonly hoveredFrame: string | null;
  readonly onHoverFrame: (key: string | null) => void;
  readonly hoveredSpan: string | null;
  readonly onHoverSpan: (spanId: string | null) => void;
}

/** All about the chosen span: figures, waiting, findings, attributes, flame graph or timeline. */
export function SpanPanel({ trace, span, timeline, timelineError, revision, hoveredFrame, onHoverFrame, hoveredSpan, onHoverSpan }: SpanPanelProps): JSX.Element {
  const { scope, type, view } = spanAddress();
  const { traceId } = trace;
  const about = useAnswer('span', { trace: traceId, span: span.spanId }, revision);
  const isEmptyScope = about.answer?.samplesByScope[scope] === 0;
  const flames = useAnswer('call-tree', view === 'flame' ? { trace: traceId, span: span.spanId, scope, type } : null, revision);
  const litFrames = useMemo(() => {
    if (hoveredSpan === null || timeline === undefined) return null;
    const keys = framesOfSpan(timeline, hoveredSpan);
    return keys.size === 0 ? null : keys;
  }, [hoveredSpan, timeline]);
  const answer = about.answer?.span.spanId === span.spanId ? about.answer : undefined;
  const findingsOf = useMemo(() => ({ trace: traceId, span: span.spanId }), [traceId, span.spanId]);
  const isShort = isTooShortToTell(span, answer?.samplingIntervalNanos ?? null);
  const name = span.name === '' ? '(no name)' : span.name;
  return (
    <section class="span-panel card" aria-label={`Span ${name}`} aria-busy={about.isLoading} data-span={span.spanId}>
      <header class="span-head">
        <h2>
          <span class="service-mark" style={{ background: serviceColour(span.service) }} />
          <span class="span-title">{name}</span>
          {span.error && <span class="badge badge-error">error</span>}
        </h2>
        <p class="muted">{span.service} · {span.kind}</p>
        {answer !== undefined && answer.statusMessage !== '' && <p class="span-status">{answer.statusMessage}</p>}
        <dl class="span-figures">
          <Figure label="Duration" value={formatDuration(span.durationNanos)} />
          <Figure label="On the thread" value={span.waitingNanos === null || isShort ? '–' : formatDuration(span.subtreeOnThreadNanos)} note="with its children in this process" title="Within the span, overlaps counted once. Sums of samples below may be larger: a sample is not cut where the span begins or ends" />
          <Figure
            label="Waiting" value={isShort ? '–' : formatDuration(span.waitingNanos)}
            note={isShort ? 'too short to tell' : span.waitingNanos === null ? 'not known' : formatShare(span.durationNanos > 0 ? span.waitingNanos / span.durationNanos : 0)}
          />
          <Figure label="CPU of its own" value={span.samples === 0 ? '–' : formatDuration(span.cpuNanos)} note={countOf(span.samples, 'sample')} />
        </dl>
        {answer !== undefined && <Waiting answer={answer} />}
        {about.error !== undefined && <ErrorNotice error={about.error} onRetry={about.retry} />}
      </header>
      <FindingsPanel about={findingsOf} samples={answer?.samplesByScope['span-and-children'] ?? null} />
      <div class="span-columns">
        <div class="span-main">
          <div class="span-switches">
            <SegmentedControl label="View" value={view} onChange={(chosen) => changeSpan({ view: chosen })} segments={[{ value: 'flame', label: 'Flame graph' }, { value: 'timeline', label: 'Timeline' }]} />
            {view === 'flame' && <SegmentedControl label="Time" value={type} onChange={(chosen) => changeSpan({ type: chosen })} segments={[{ value: 'wall', label: 'Wall', title: 'Time on the thread, blocking included; awaiting is in neither' }, { value: 'cpu', label: 'CPU', title: 'Time the thread computed' }]} />}
            {view === 'flame' && answer !== undefined && <ScopeSwitch answer={answer} scope={scope} />}
          </div>
          {view === 'timeline' && (
            <>
              {timelineError !== undefined && <ErrorNotice error={timelineError} />}
              {timeline !== undefined && (
                <Timeline
                  timeline={timeline} spanName={name} samplingIntervalNanos={answer?.samplingIntervalNanos ?? null}
                  spanNames={(spanId) => trace.spans.find((other) => other.spanId === spanId)?.name}
                  hoveredFrame={hoveredFrame} onHoverFrame={onHoverFrame} hoveredSpan={hoveredSpan} onHoverSpan={onHoverSpan}
                />
              )}
            </>
          )}
          {view === 'flame' && flames.error !== undefined && <ErrorNotice error={flames.error} onRetry={flames.retry} />}
          {view === 'flame' && answer !== undefined && isEmptyScope && <EmptyScope answer={answer} scope={scope} />}
          {view === 'flame' && !isEmptyScope && flames.answer !== undefined && (
            <div class={flames.isStale ? 'is-stale' : ''} aria-busy={flames.isLoading}>
              <p class="muted span-rests" data-samples={flames.answer.samples} data-total={flames.answer.total}>
                {formatDuration(flames.answer.total)} {type === 'cpu' ? 'of CPU time' : 'on the thread'} in {countOf(flames.answer.samples, 'sample')}
                {flames.answer.samplingIntervalNanos !== null && ` · ${formatShortSpanNote(flames.answer.samplingIntervalNanos)}`}
              </p>
              <FlamePanel
                tree={flames.answer.tree} label={`${type === 'cpu' ? 'CPU' : 'wall'} time, ${SCOPES.find((known) => known.scope === scope)!.label.toLowerCase()}, of ${name}`}
                hoveredFrame={hoveredFrame} onHoverFrame={onHoverFrame} litFrames={litFrames}
              />
            </div>
          )}
        </div>
        <aside class="span-aside" aria-label="Facts about the span">
          {answer !== undefined && <SpanFacts answer={answer} traceStart={trace.startMoment} />}
        </aside>
      </div>
    </section>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  readonly title?: string;
}

function Figure({ label, value, note, title }: FigureProps): JSX.Element {
  return (
    <div title={title}>
      <dt>{label}</dt>
      <dd>{value}{note !== undefined && <small class="muted"> {note}</small>}</dd>
    </div>
  );
}
