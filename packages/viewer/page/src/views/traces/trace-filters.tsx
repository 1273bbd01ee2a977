import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { StateAnswer, TraceFilter } from '../../../../src/api/answers.ts';
import { Button, Field } from '../../design/controls.tsx';
import { DropDown } from '../../design/disclosure.tsx';
import { TimeRangeChoice } from '../../design/time-range.tsx';
import { formatDuration, parseDuration } from '../../format/units.ts';
import { changeQuery } from '../../router/address.ts';
import { filters, NO_FILTERS } from './trace-filter.ts';
import './trace-filters.css';

const SEARCH_DELAY_MILLIS = 250;

export function TraceFilters({ filter, state }: { readonly filter: TraceFilter; readonly state: StateAnswer | undefined }): JSX.Element {
  const services = state?.services ?? [];
  const chosen = filter.endpoint ?? [];
  const known = services.filter(({ service }) => filter.service === undefined || service === filter.service).flatMap(({ endpoints }) => endpoints);
  const serviceNames = [...new Set([...services.map(({ service }) => service), ...(filter.service === undefined ? [] : [filter.service])])];
  return (
    <form class="filters" role="search" aria-label="Filter traces" onSubmit={(event) => event.preventDefault()}>
      <SearchField value={filter.search ?? ''} />
      <Field label="Service">
        <select class="select" value={filter.service ?? ''} onChange={(event) => changeQuery({ service: event.currentTarget.value === '' ? null : event.currentTarget.value, endpoint: null })}>
          <option value="">All services</option>
          {serviceNames.map((service) => <option key={service} value={service}>{service}</option>)}
        </select>
      </Field>
      <EndpointChoice known={[...new Set([...known, ...chosen])].sort((a, b) => a.localeCompare(b))} chosen={chosen} />
      <Field label="Status">
        <select class="select" value={filter.status ?? ''} onChange={(event) => changeQuery({ status: event.currentTarget.value === '' ? null : event.currentTarget.value })}>
          <option value="">Any</option>
          <option value="error">With errors</option>
          <option value="ok">Without errors</option>
        </select>
      </Field>
      <DurationField label="At least" name="minDurationNanos" value={filter.minDurationNanos} />
      <DurationField label="At most" name="maxDurationNanos" value={filter.maxDurationNanos} />
      <TimeRangeChoice label="Started" range={{ from: filter.from, to: filter.to }} />
      {filters(filter) && <Button class="filters-clear" onClick={() => changeQuery(NO_FILTERS)}>Clear filters</Button>}
    </form>
  );
}

function SearchField({ value }: { readonly value: string }): JSX.Element {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sent = useRef(value);
  useEffect(() => {
    // The address changed otherwise: back, or "clear filters".
    if (value !== sent.current) setText(value);
    sent.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const send = (search: string): void => {
    clearTimeout(timer.current);
    sent.current = search.trim();
    changeQuery({ search: sent.current === '' ? null : sent.current }, { replace: true });
  };
  return (
    <Field label="Span name or trace id" class="filters-search">
      <input
        class="input"
        type="search"
        value={text}
        placeholder="Search"
        onInput={(event) => {
          const { value: typed } = event.currentTarget;
          setText(typed);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => send(typed), SEARCH_DELAY_MILLIS);
        }}
        onKeyDown={(event) => event.key === 'Enter' && send(event.currentTarget.value)}
      />
    </Field>
  );
}

function EndpointChoice({ known, chosen }: { readonly known: readonly string[]; readonly chosen: readonly string[] }): JSX.Element {
  const [part, setPart] = useState('');
  const shown = known.filter((endpoint) => endpoint.toLowerCase().includes(part.toLowerCase()));
  const value = chosen.length === 0 ? 'All endpoints' : chosen.length === 1 ? nameOf(chosen[0]!) : `${chosen.length} endpoints`;
  return (
    <DropDown label="Endpoint" value={value}>
      {known.length > 8 && (
        <input class="input" type="search" placeholder="Find an endpoint" aria-label="Find an endpoint" value={part} onInput={(event) => setPart(event.currentTarget.value)} />
      )}
      {shown.length === 0 && <p class="muted">No endpoint{part === '' ? ' yet' : ' of that name'}</p>}
      <ul class="filters-endpoints">
        {shown.map((endpoint) => (
          <li key={endpoint}>
            <label>
              <input
                type="checkbox"
                checked={chosen.includes(endpoint)}
                onChange={(event) => changeQuery({ endpoint: event.currentTarget.checked ? [...chosen, endpoint] : chosen.filter((other) => other !== endpoint) })}
              />
              <span>{nameOf(endpoint)}</span>
            </label>
          </li>
        ))}
      </ul>
      {chosen.length > 0 && <Button onClick={() => changeQuery({ endpoint: null })}>All endpoints</Button>}
    </DropDown>
  );
}

function nameOf(endpoint: string): string {
  return endpoint === '' ? '(no endpoint)' : endpoint;
}

function DurationField({ label, name, value }: { readonly label: string; readonly name: 'minDurationNanos' | 'maxDurationNanos'; readonly value: number | undefined }): JSX.Element {
  const shown = value === undefined ? '' : formatDuration(value);
  const [text, setText] = useState(shown);
  const [isWrong, setWrong] = useState(false);
  useEffect(() => {
    setText(shown);
    setWrong(false);
  }, [shown]);
  const commit = (typed: string): void => {
    // What was not changed must not lose its digits to the rounding of what is shown.
    if (typed === shown) return;
    const nanos = typed.trim() === '' ? null : parseDuration(typed);
    setWrong(nanos === undefined);
    if (nanos !== undefined) changeQuery({ [name]: nanos });
  };
  return (
    <Field label={label} class="filters-duration">
      <input
        class="input"
        value={text}
        placeholder={name === 'minDurationNanos' ? '200 ms' : '1.5 s'}
        aria-invalid={isWrong}
        title={isWrong ? 'A duration such as 200 ms or 1.5 s' : undefined}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={(event) => commit(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && commit(event.currentTarget.value)}
      />
    </Field>
  );
}
