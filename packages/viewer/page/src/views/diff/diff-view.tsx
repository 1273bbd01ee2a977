import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { DiffAnswer } from '../../../../src/api/answers.ts';
import { shownState } from '../../api/live-state.ts';
import { useShownRevision } from '../../api/use-shown-revision.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { EmptyState, ErrorNotice, SegmentedControl } from '../../design/controls.tsx';
import { rangeText } from '../../design/time-range.tsx';
import { NO_FLAME_STATE } from '../../flame-graph/flame-address.ts';
import type { Comparison } from '../../flame-graph/change.ts';
import { FlamePanel } from '../../flame-graph/flame-panel.tsx';
import { formatDuration, formatShare } from '../../format/units.ts';
import { address, changeQuery } from '../../router/address.ts';
import { endpointsText } from '../endpoints/endpoint-name.ts';
import { Choice, valuesOf } from '../samples/choice.tsx';
import { hasArrived, NothingYet } from '../samples/nothing-yet.tsx';
import '../samples/samples-section.css';
import { TYPE_WORDS, VALUE_TYPES } from '../samples/value-types.ts';
import type { By, DiffAddress, Range } from './diff-address.ts';
import { defaultChoice, diffAddress, diffQuery } from './diff-address.ts';
import { DiffSummary } from './diff-summary.tsx';
import './diff-view.css';
import { endpointOf, endpointOptions, optionOf } from './endpoint-options.ts';
import { TimeChoice, VersionChoice } from './side-choice.tsx';

/** Two times or two versions side by side: which code got slower. */
export function DiffView(): JSX.Element {
  const { query } = address.value;
  const chosen = diffAddress(query);
  const { type, service, endpoint, by } = chosen;
  const { value: state } = shownState;
  const services = state?.services ?? [];
  const held: Range | null = state === undefined || state.firstMoment === null || state.lastMoment === null ? null : { from: state.firstMoment, to: state.lastMoment };
  const missing = defaultChoice(chosen, services, held, query.has('by'));
  const missingText = JSON.stringify(missing);
  // What is compared belongs in the address, so that a link shows the same later.
  useEffect(() => {
    if (missing !== null) changeQuery(missing, { replace: true });
  }, [missingText]);
  if (!hasArrived()) return <><h1>Compare</h1><NothingYet /></>;

  const versions = services.find((known) => known.service === service)?.versions ?? valuesOf(services, service, (known) => known.versions);
  const endpoints = valuesOf(services, service, (known) => known.endpoints);
  return (
    <>
      <div class="view-head">
        <h1>Compare</h1>
        <div class="view-tools">
          <Choice label="Service" all="All services" values={services.map((known) => known.service)} value={service} onChange={(value) => changeQuery({ ...NO_FLAME_STATE, 'service': value, 'endpoint': null, 'base.version': null, 'other.version': null })} />
          <Choice label="Endpoint" all="All endpoints and other work" values={endpointOptions(endpoints, endpoint)} value={optionOf(endpoint)} onChange={(value) => changeQuery({ ...NO_FLAME_STATE, endpoint: endpointOf(value) })} />
          <SegmentedControl
            label="Compare two" value={by} onChange={(value: By) => changeQuery({ by: value, zoom: null })}
            segments={[{ value: 'time', label: 'Two times' }, { value: 'version', label: 'Two versions', isEmpty: versions.length < 2 }]}
          />
          <SegmentedControl
            label="Type" value={type} onChange={(value) => changeQuery({ type: value === 'cpu' ? null : value, zoom: null })}
            segments={VALUE_TYPES.filter((known) => !known.type.startsWith('alloc') || known.type === type).map(({ type: value, label, title }) => ({ value, label, title }))}
          />
        </div>
      </div>
      <NothingYet />
      {by === 'time' && held !== null && <TimeChoice chosen={chosen} held={held} />}
      {by === 'version' && (versions.length < 2
        ? <EmptyState title="No two versions so far"><p>Versions are told apart by <code>service.version</code>: set it with <code>OTEL_RESOURCE_ATTRIBUTES=service.version=1.2.3</code> and run both here.</p></EmptyState>
        : <VersionChoice chosen={chosen} versions={versions} />)}
      {(by === 'time' || versions.length > 1) && <Compared chosen={chosen} />}
    </>
  );
}

function Compared({ chosen }: { readonly chosen: DiffAddress }): JSX.Element | null {
  const query = diffQuery(chosen);
  const { answer, error, retry, isStale } = useAnswer('diff', query, useShownRevision());
  if (query === null) return <p class="muted">Choose both sides to compare them.</p>;
  if (error !== undefined) return <ErrorNotice error={error} onRetry={retry} />;
  return answer === undefined ? null : <div class={`samples-section${isStale ? ' is-stale' : ''}`} aria-busy={isStale}><Differences answer={answer} chosen={chosen} /></div>;
}

function Differences({ answer, chosen }: { readonly answer: DiffAnswer; readonly chosen: DiffAddress }): JSX.Element {
  const { type, service, endpoint } = chosen;
  const perCall = answer.normalisedBy === 'calls';
  const { base, other, tree } = answer;
  const comparison = useMemo((): Comparison => {
    const isTime = tree.unit === 'nanoseconds';
    const trials = perCall ? { base: base.calls ?? 0, other: other.calls ?? 0 } : { base: base.samples, other: other.samples };
    return { trials: isTime ? trials : null, isTimePerCall: isTime && perCall };
  }, [answer]);
  const format = perCall && tree.unit === 'nanoseconds' ? formatPerCall : perCall ? undefined : formatShare;
  const subject = endpoint.length > 0 ? endpointsText(endpoint) : service || 'all services';
  const empty = [base, other].map(({ samples }) => samples === 0);
  return (
    <>
      <DiffSummary answer={answer} hasEndpoint={endpoint.length > 0} comparison={comparison} names={{ base: sideName(chosen, 'base'), other: sideName(chosen, 'other') }} />
      {empty.includes(true)
        ? <p class="notice notice-warning" role="status"><span>{empty[0] && empty[1] ? 'Neither side has samples' : `The side ${empty[0] ? 'before' : 'after'} has no samples`} of {subject}: {endpoint.length > 0 && tree.unit !== 'nanoseconds' ? 'Node.js does not say for which endpoint memory was allocated. Choose all endpoints.' : 'choose another range, or wait for the service’s next profile.'}</span></p>
        : <FlamePanel tree={tree} label={`${TYPE_WORDS[type]} of ${subject}, ${sideName(chosen, 'base')} against ${sideName(chosen, 'other')}`} comparison={comparison} {...(format !== undefined && { format })} />}
    </>
  );
}

function formatPerCall(nanos: number): string {
  return `${formatDuration(nanos)}/call`;
}

function sideName({ by, times, versions }: DiffAddress, side: 'base' | 'other'): string {
  return by === 'version' ? `version ${versions[side] ?? ''}` : rangeText({ from: times[side]?.from, to: times[side]?.to });
}
