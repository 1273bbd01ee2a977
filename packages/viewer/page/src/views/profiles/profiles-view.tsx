import type { JSX } from 'preact';
import { useCallback, useMemo } from 'preact/hooks';
import type { ProfileRow } from '../../../../src/api/answers.ts';
import type { SampleSelection } from '../../../../src/api/selection.ts';
import { shownState } from '../../api/live-state.ts';
import { useShownRevision } from '../../api/use-shown-revision.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Button, ErrorNotice, SegmentedControl } from '../../design/controls.tsx';
import { rangeText, TimeRangeChoice } from '../../design/time-range.tsx';
import { NO_FLAME_STATE } from '../../flame-graph/flame-address.ts';
import { countOf, formatMoment } from '../../format/units.ts';
import { address, changeQuery } from '../../router/address.ts';
import { hrefOf } from '../../router/href.ts';
import { Link } from '../../router/link.tsx';
import { momentOf } from '../../router/moment-parameter.ts';
import { FindingsPanel } from '../findings/findings-panel.tsx';
import { Choice, valuesOf } from '../samples/choice.tsx';
import { hasArrived, NothingYet } from '../samples/nothing-yet.tsx';
import { SamplesSection } from '../samples/samples-section.tsx';
import { valueTypeOf } from '../samples/value-types.ts';
import { ProfileTable } from './profile-table.tsx';
import { profileTypes } from './profile-types.ts';
import './profiles-view.css';

/** Whole processes: what they spent their time on, and what their memory holds. */
export function ProfilesView(): JSX.Element {
  const { query } = address.value;
  const [service, version, host, threadText] = ['service', 'version', 'host', 'thread'].map((name) => query.get(name) ?? '') as [string, string, string, string];
  const thread = /^\d+$/.test(threadText) ? Number(threadText) : undefined;
  const range = { from: momentOf(query, 'from'), to: momentOf(query, 'to') };
  const filter = { service: service || undefined, version: version || undefined, host: host || undefined, thread, ...range };
  const { answer, error, retry } = useAnswer('profiles', filter, useShownRevision());
  const services = shownState.value?.services ?? [];
  const profileText = query.get('profile') ?? '';
  const profile = /^\d+$/.test(profileText) ? Number(profileText) : undefined;
  const change = (name: string) => (value: string | null) => changeQuery({ [name]: value, profile: null });
  if (!hasArrived()) return <><h1>Profiles</h1><NothingYet /></>;
  return (
    <>
      <div class="view-head">
        <h1>Profiles</h1>
        <div class="view-tools">
          <Choice label="Service" all="All services" values={services.map((state) => state.service)} value={service} onChange={(value) => changeQuery({ service: value, version: null, host: null, thread: null, profile: null, ...NO_FLAME_STATE })} />
          <Choice label="Version" all="All versions" values={valuesOf(services, service, (state) => state.versions)} value={version} onChange={change('version')} />
          <Choice label="Host" all="All hosts" values={valuesOf(services, service, (state) => state.hosts)} value={host} onChange={change('host')} />
          <Choice label="Thread" all="All threads" values={threadsOf(services.filter((state) => service === '' || state.service === service).flatMap(({ threads }) => threads))} value={threadText} onChange={change('thread')} />
          <TimeRangeChoice label="Time" range={range} />
        </div>
      </div>
      <NothingYet />
      {error !== undefined && <ErrorNotice error={error} onRetry={retry} />}
      {answer !== undefined && <Shown profiles={answer.profiles} profile={profile} filter={filter} />}
    </>
  );
}

interface ShownProps {
  readonly profiles: readonly ProfileRow[];
  readonly profile: number | undefined;
  readonly filter: Partial<Record<'service' | 'version' | 'host', string | undefined>> & Partial<Record<'thread' | 'from' | 'to', number | undefined>>;
}

function Shown({ profiles, profile, filter }: ShownProps): JSX.Element {
  const { query } = address.value;
  const type = valueTypeOf(query, 'cpu');
  const types = useMemo(() => profileTypes(profiles, type), [profiles, type]);
  const chosen = profiles.find(({ id }) => id === profile);
  const choose = useCallback((id: number | null) => changeQuery({ profile: id, zoom: null }), []);
  const sort = useCallback((by: string) => changeQuery({ sort: by }, { replace: true }), []);
  const isTime = type === 'wall' || type === 'cpu';
  const defined = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  const selection: SampleSelection = { ...defined, type, ...(profile !== undefined && { profile }) };
  const subject = chosen === undefined ? filter.service ?? 'all services' : `${chosen.service} at ${formatMoment(chosen.startMoment)}`;
  const heapNote = type.startsWith('inuse') && profile === undefined && profiles.length > 1;
  return (
    <>
      <details class="profile-list" open={profile !== undefined}>
        <summary>{countOf(profiles.length, 'profile')} of {countOf(new Set(profiles.map(({ process, threadId }) => `${process} ${threadId}`)).size, 'thread')}, {rangeText({ from: filter.from, to: filter.to }).toLowerCase()}: {profile === undefined ? 'shown together' : chosen === undefined ? 'one chosen, which is not held any more' : `only that of ${formatMoment(chosen.startMoment)} is shown`}</summary>
        <ProfileTable profiles={profiles} chosen={profile} onChoose={choose} sort={query.get('sort') ?? '-start'} onSort={sort} />
      </details>
      <div class="view-head">
        {profile !== undefined && <Button onClick={() => choose(null)}>Show all profiles together</Button>}
        {filter.service !== undefined && <Link href={hrefOf('/diff', { service: filter.service, type })}>Compare two times or versions</Link>}
      </div>
      {isTime && profile === undefined && <FindingsPanel about={filter} samples={profiles.reduce((sum, { samples }) => sum + samples, 0)} />}
      {heapNote && <p class="view-note">What is in use is taken from the last window of each thread, not added up over time.</p>}
      <SamplesSection
        selection={selection} subject={subject}
        empty={isTime
          ? <p>No samples here. A profile comes once a minute unless <code>exportIntervalMillis</code> says otherwise; look whether the filters above leave any.</p>
          : <p>No samples of this type. For the heap, <code>profileTypes</code> of <code>ProfilingSpanProcessor</code> must have <code>'heap'</code>, which is there by default; what was allocated is sampled with <code>heapAllocations: true</code>.</p>}
      >
        <SegmentedControl label="Type" value={type} onChange={(value) => changeQuery({ type: value === 'cpu' ? null : value, zoom: null })} segments={types} />
      </SamplesSection>
    </>
  );
}

function threadsOf(threads: readonly { readonly id: number; readonly name: string }[]): { value: string; label: string }[] {
  const labels = new Map(threads.map(({ id, name }) => [String(id), name === '' ? `thread ${id}` : `${name} (${id})`]));
  return [...labels].map(([value, label]) => ({ value, label }));
}
