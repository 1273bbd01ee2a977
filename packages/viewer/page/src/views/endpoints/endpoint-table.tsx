import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { EndpointRow, EndpointsAnswer } from '../../../../src/api/answers.ts';
import type { TableColumn } from '../../design/data-table.tsx';
import { DataTable } from '../../design/data-table.tsx';
import { serviceColour } from '../../design/service-colour.ts';
import type { TimeRange } from '../../design/time-range.tsx';
import { formatCount, formatDuration, formatShare } from '../../format/units.ts';
import { hrefOf } from '../../router/href.ts';
import { Link } from '../../router/link.tsx';
import type { EndpointChoice } from './endpoint-choice.ts';
import { choiceOfOne, choiceWith, choiceWithout, isChosen } from './endpoint-choice.ts';
import { endpointName } from './endpoint-name.ts';
import { Sparkline } from './sparkline.tsx';

export interface EndpointTableProps {
  readonly answer: EndpointsAnswer;
  /** That the answer is of. */
  readonly range: TimeRange;
  readonly chosen: EndpointChoice;
  readonly onChoose: (choice: EndpointChoice) => void;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

export function EndpointTable({ answer, range: { from, to }, chosen, onChoose, sort, onSort }: EndpointTableProps): JSX.Element {
  const { endpoints, trendBucketNanos } = answer;
  const isCpu = !sort.includes('wall');
  const columns = useMemo((): TableColumn<EndpointRow>[] => [
    {
      name: 'chosen', label: '', width: '1.25rem',
      head: <span class="visually-hidden">Chosen</span>,
      cell: (row) => (
        <input
          type="checkbox" aria-label={`Choose ${endpointName(row.endpoint)}`} checked={isChosen(chosen, row)}
          onChange={(event) => onChoose(event.currentTarget.checked ? choiceWith(chosen, endpoints, row) : choiceWithout(chosen, row))}
        />
      ),
    },
    {
      name: 'endpoint', label: 'Endpoint', width: 'minmax(10rem, 2fr)', narrowWidth: 'minmax(9rem, 1fr)', sortValue: ({ endpoint }) => endpointName(endpoint),
      cell: (row) => (
        <button type="button" class={`function-name cut${row.endpoint === '' ? ' muted' : ''}`} title={`${endpointName(row.endpoint)}\nShow only this one below`} onClick={() => onChoose(choiceOfOne(chosen, endpoints, row))}>{endpointName(row.endpoint)}</button>
      ),
    },
    {
      name: 'service', label: 'Service', isMinor: true, width: 'minmax(5rem, 1fr)', sortValue: ({ service }) => service,
      cell: ({ service }) => <span class="function-kind" title={service}><i class="service-dot" style={{ background: serviceColour(service) }} /><span class="cut">{service}</span></span>,
    },
    { name: 'calls', label: 'Calls', title: 'Finished calls, counted by the service itself', width: '4.5rem', isNumeric: true, sortValue: ({ calls, endpoint }) => (endpoint === '' ? null : calls), cell: ({ calls, callsEstimated, service, endpoint }) => (endpoint === '' ? '–' : <Link href={hrefOf('/traces', { service, endpoint: [endpoint], from, to })} title={callsEstimated ? 'Its traces. The number is estimated: see the note below' : 'Its traces'} aria-label={`${callsEstimated ? 'About ' : ''}${formatCount(calls)} calls: traces of ${endpointName(endpoint)}`}>{callsEstimated ? '≈ ' : ''}{formatCount(calls)}</Link>) },
    { name: 'wall', label: 'Wall', title: 'Time on the JavaScript thread', width: '5rem', isNumeric: true, sortValue: ({ wallNanos }) => wallNanos, cell: ({ wallNanos }) => formatDuration(wallNanos) },
    { name: 'cpu', label: 'CPU', title: 'Time the thread was running', width: '5rem', isNumeric: true, sortValue: ({ cpuNanos }) => cpuNanos, cell: ({ cpuNanos }) => formatDuration(cpuNanos) },
    { name: 'share', label: 'CPU share', title: 'Of the CPU time of all rows', width: '5rem', isNumeric: true, sortValue: ({ cpuShare }) => cpuShare, cell: ({ cpuShare }) => formatShare(cpuShare) },
    { name: 'wallPerCall', label: 'Wall per call', width: '6rem', isNumeric: true, sortValue: ({ wallNanosPerCall }) => wallNanosPerCall, cell: ({ wallNanosPerCall }) => formatDuration(wallNanosPerCall) },
    { name: 'cpuPerCall', label: 'CPU per call', width: '6rem', isNumeric: true, sortValue: ({ cpuNanosPerCall }) => cpuNanosPerCall, cell: ({ cpuNanosPerCall }) => formatDuration(cpuNanosPerCall) },
    { name: 'samples', label: 'Samples', title: 'What the times rest on', width: '4.5rem', isNumeric: true, sortValue: ({ samples }) => samples, cell: ({ samples }) => formatCount(samples) },
    { name: 'trend', label: isCpu ? 'CPU over time' : 'Wall over time', width: '6.5rem', cell: ({ endpoint, cpuTrend, wallTrend }) => <Sparkline values={isCpu ? cpuTrend : wallTrend} bucketNanos={trendBucketNanos} label={`${isCpu ? 'CPU' : 'Wall'} of ${endpointName(endpoint)}`} /> },
  ], [answer, from, to, chosen, onChoose, isCpu]);
  return (
    <DataTable
      label="Endpoints" columns={columns} rows={endpoints} keyOf={({ service, endpoint }) => `${service}\0${endpoint}`} sort={sort} onSort={onSort} minWidth="66rem" narrowMinWidth="60rem"
      isChosen={(row) => isChosen(chosen, row)} none="No endpoint has calls or samples here"
    />
  );
}
