import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ProfileRow } from '../../../../src/api/answers.ts';
import type { TableColumn } from '../../design/data-table.tsx';
import { DataTable } from '../../design/data-table.tsx';
import { formatCount, formatDuration, formatMoment } from '../../format/units.ts';

export interface ProfileTableProps {
  readonly profiles: readonly ProfileRow[];
  /** undefined = all together. */
  readonly chosen: number | undefined;
  readonly onChoose: (id: number | null) => void;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

/** One row for each process and window. */
export function ProfileTable({ profiles, chosen, onChoose, sort, onSort }: ProfileTableProps): JSX.Element {
  const columns = useMemo((): TableColumn<ProfileRow>[] => [
    {
      name: 'chosen', label: '', width: '1.25rem', head: <span class="visually-hidden">Chosen</span>,
      cell: ({ id, startMoment }) => <input type="radio" name="profile" aria-label={`Only the profile of ${formatMoment(startMoment)}`} checked={id === chosen} onChange={() => onChoose(id)} />,
    },
    {
      name: 'start', label: 'Began', width: 'minmax(8rem, 1fr)', sortValue: ({ startMoment }) => startMoment,
      cell: ({ id, startMoment }) => <button type="button" class="function-name cut" aria-pressed={id === chosen} onClick={() => onChoose(id === chosen ? null : id)}>{formatMoment(startMoment)}</button>,
    },
    { name: 'duration', label: 'Window', width: '5rem', isNumeric: true, sortValue: ({ durationNanos }) => durationNanos, cell: ({ durationNanos }) => formatDuration(durationNanos) },
    { name: 'service', label: 'Service', width: 'minmax(6rem, 1fr)', sortValue: ({ service }) => service, cell: ({ service }) => <span class="cut-cell" title={service}>{service}</span> },
    { name: 'version', label: 'Version', width: 'minmax(4rem, 0.7fr)', sortValue: ({ version }) => version, cell: ({ version }) => <span class="cut-cell" title={version}>{version || '–'}</span> },
    { name: 'host', label: 'Host', width: 'minmax(5rem, 1fr)', sortValue: ({ host }) => host, cell: ({ host }) => <span class="cut-cell" title={host}>{host || '–'}</span> },
    { name: 'thread', label: 'Thread', width: 'minmax(5rem, 1fr)', sortValue: ({ threadId }) => threadId, cell: ({ threadId, threadName }) => <span class="cut-cell" title={threadName}>{threadName || `thread ${threadId}`}</span> },
    { name: 'samples', label: 'Samples', title: 'Of wall and CPU time', width: '4.5rem', isNumeric: true, sortValue: ({ samples }) => samples, cell: ({ samples }) => formatCount(samples) },
    { name: 'linked', label: 'Of spans', title: 'Samples that are linked to a span', width: '4.5rem', isNumeric: true, sortValue: ({ linkedSamples }) => linkedSamples, cell: ({ linkedSamples }) => formatCount(linkedSamples) },
    { name: 'heap', label: 'Heap', title: 'Samples of the heap', width: '4.5rem', isNumeric: true, sortValue: ({ heapSamples }) => heapSamples, cell: ({ heapSamples }) => formatCount(heapSamples) },
  ], [chosen, onChoose]);
  return (
    <DataTable
      label="Profiles" columns={columns} rows={profiles} keyOf={({ id }) => id} sort={sort} onSort={onSort} minWidth="58rem"
      isChosen={({ id }) => id === chosen} none="No profile passes the filters"
    />
  );
}
