import type { JSX } from 'preact';
import { useCallback, useMemo } from 'preact/hooks';
import type { EndpointsAnswer } from '../../../../src/api/answers.ts';
import type { SampleSelection } from '../../../../src/api/selection.ts';
import { shownState } from '../../api/live-state.ts';
import { useShownRevision } from '../../api/use-shown-revision.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Button, ErrorNotice, SegmentedControl } from '../../design/controls.tsx';
import { TimeRangeChoice } from '../../design/time-range.tsx';
import { NO_FLAME_STATE } from '../../flame-graph/flame-address.ts';
import { address, changeQuery } from '../../router/address.ts';
import { hrefOf } from '../../router/href.ts';
import { Link } from '../../router/link.tsx';
import { momentOf } from '../../router/moment-parameter.ts';
import { FindingsPanel } from '../findings/findings-panel.tsx';
import { Choice, valuesOf } from '../samples/choice.tsx';
import { hasArrived, NothingYet } from '../samples/nothing-yet.tsx';
import { SamplesSection } from '../samples/samples-section.tsx';
import { valueTypeOf } from '../samples/value-types.ts';
import type { EndpointChoice } from './endpoint-choice.ts';
import { isChosen } from './endpoint-choice.ts';
import { endpointsText } from './endpoint-name.ts';
import { EndpointTable } from './endpoint-table.tsx';
import './endpoints-view.css';

/** Which endpoints take the time, and the code of those that are chosen. */
export function EndpointsView(): JSX.Element {
  const { query } = address.value;
  const service = query.get('service') ?? '';
  const version = query.get('version') ?? '';
  const range = { from: momentOf(query, 'from'), to: momentOf(query, 'to') };
  const chosenText = query.has('endpoint') ? query.getAll('endpoint').join('\0') : null;
  const chosen = useMemo((): EndpointChoice => ({ service, endpoints: chosenText?.split('\0') ?? [] }), [service, chosenText]);
  const filter = { service: service || undefined, version: version || undefined, ...range };
  const { answer, error, retry } = useAnswer('endpoints', filter, useShownRevision());
  const choose = useCallback((choice: EndpointChoice) => changeQuery({ ...NO_FLAME_STATE, service: choice.service || null, endpoint: choice.endpoints }), []);
  const sort = useCallback((by: string) => changeQuery({ sort: by }, { replace: true }), []);
  const services = shownState.value?.services ?? [];
  if (!hasArrived()) return <><h1>Endpoints</h1><NothingYet /></>;
  return (
    <>
      <div class="view-head">
        <h1>Endpoints</h1>
        <div class="view-tools">
          <Choice label="Service" all="All services" values={services.map((state) => state.service)} value={service} onChange={(value) => changeQuery({ service: value, version: null, endpoint: null, ...NO_FLAME_STATE })} />
          <Choice label="Version" all="All versions" values={valuesOf(services, service, (state) => state.versions)} value={version} onChange={(value) => changeQuery({ version: value })} />
          <TimeRangeChoice label="Time" range={range} />
        </div>
      </div>
      <NothingYet />
      {error !== undefined && <ErrorNotice error={error} onRetry={retry} />}
      {answer !== undefined && (
        <>
          <EndpointTable answer={answer} range={range} chosen={chosen} onChoose={choose} sort={query.get('sort') ?? '-cpu'} onSort={sort} />
          <Notes answer={answer} />
          <Chosen answer={answer} chosen={chosen} filter={filter} />
        </>
      )}
    </>
  );
}

function Notes({ answer }: { readonly answer: EndpointsAnswer }): JSX.Element {
  return (
    <details class="view-note">
      <summary>What these figures are{answer.endpoints.some(({ endpoint }) => endpoint === '') ? ', and what work for no endpoint is' : ''}</summary>
      <p>Wall is time on the JavaScript thread; awaiting is not in it. Times are sums over samples, calls are counted one by one, so that calls without a sample are in “per call” too.</p>
      {answer.endpoints.some(({ callsEstimated }) => callsEstimated) && (
        <p><strong>≈</strong> The time cuts a profile, which counts the calls of its whole window, and too few of their traces are held to tell which were in the time. They are taken to be spread evenly, and “per call” with them.</p>
      )}
      {answer.endpoints.some(({ endpoint }) => endpoint === '') && (
        <p><strong>Work for no endpoint</strong> ran while no request was active: start-up, timers and queues of your own, garbage collection between requests, accepting connections. Spans that are not active (<code>startSpan</code> without <code>context.with</code>) have their work here too.</p>
      )}
      <p>Memory and exceptions per endpoint have no source: Node.js’ heap sampling does not say for whom something was allocated, and it samples no exceptions. See heap for the whole process in <Link href={hrefOf('/profiles', { type: 'inuse_space' })}>Profiles</Link>.</p>
    </details>
  );
}

interface ChosenProps {
  readonly answer: EndpointsAnswer;
  readonly chosen: EndpointChoice;
  readonly filter: { readonly service: string | undefined; readonly version: string | undefined; readonly from: number | undefined; readonly to: number | undefined };
}

function Chosen({ answer, chosen, filter }: ChosenProps): JSX.Element {
  const { query } = address.value;
  // There is no heap of an endpoint.
  const type = valueTypeOf(query, 'cpu') === 'wall' ? 'wall' : 'cpu';
  const { endpoints } = chosen;
  const subject = endpointsText(endpoints);
  // No trace is one of work for no endpoint.
  const named = endpoints.filter((endpoint) => endpoint !== '');
  const { service, version, from, to } = filter;
  const selection: SampleSelection = {
    type,
    ...(endpoints.length > 0 && { endpoint: endpoints }), ...(service !== undefined && { service }), ...(version !== undefined && { version }),
    ...(from !== undefined && { from }), ...(to !== undefined && { to }),
  };
  const rows = answer.endpoints.filter((row) => endpoints.length === 0 || isChosen(chosen, row));
  return (
    <section class="samples-section" aria-label="Code of the chosen endpoints">
      <div class="view-head">
        <h2>{subject}</h2>
        {endpoints.length > 0 && <Button onClick={() => changeQuery({ ...NO_FLAME_STATE, endpoint: null })}>Clear the choice</Button>}
        {(endpoints.length === 0 || named.length > 0) && <Link href={hrefOf('/traces', { endpoint: named, service, from, to })}>Traces</Link>}
        <Link href={hrefOf('/diff', { endpoint: endpoints, service, type })}>Compare two times or versions</Link>
      </div>
      {endpoints.length === 0 && <p class="muted">Choose endpoints in the table to see only their code.</p>}
      <FindingsPanel about={{ service, version, endpoint: endpoints.length > 0 ? endpoints : undefined, from, to }} samples={rows.reduce((sum, { samples }) => sum + samples, 0)} />
      <SamplesSection
        selection={selection} subject={subject}
        empty={<p>No samples of {subject} here. Short calls may have none; the newest come with the service’s next profile, once a minute unless its <code>exportIntervalMillis</code> says otherwise.</p>}
      >
        <SegmentedControl
          label="Type" value={type} onChange={(value) => changeQuery({ type: value === 'cpu' ? null : value, zoom: null })}
          segments={[{ value: 'cpu', label: 'CPU', title: 'Time the thread was running' }, { value: 'wall', label: 'Wall', title: 'Time on the JavaScript thread, synchronous blocking included' }]}
        />
      </SamplesSection>
    </section>
  );
}
