import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { TimelineAnswer, TimelineLane } from '../../../../src/api/answers.ts';
import type { TableColumn } from '../../design/data-table.tsx';
import { DataTable } from '../../design/data-table.tsx';
import type { Sort } from '../../design/sorting.ts';
import { frameName } from '../../flame-graph/frame-kinds.ts';
import { countOf, formatDuration } from '../../format/units.ts';
import { laneName, OWNER_WORDS } from './lane-samples.ts';

interface TimelineEntry {
  readonly id: number;
  readonly lane: string;
  readonly startNanos: number;
  readonly durationNanos: number;
  readonly cpuNanos: number | null;
  readonly what: string;
  readonly owner: string;
}

export interface TimelineTableProps {
  readonly timeline: TimelineAnswer;
  readonly spanName: string;
  readonly spanNames: (spanId: string) => string | undefined;
}

/** The timeline in words, for whoever cannot see lanes. */
export function TimelineTable({ timeline, spanName, spanNames }: TimelineTableProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const [sort, setSort] = useState<Sort>('start');
  const rows = useMemo(() => (isOpen ? entries(timeline, spanNames) : []), [isOpen, timeline]);
  const count = timeline.waits.length + timeline.lanes.reduce((sum, lane) => sum + lane.startNanos.length, 0);
  return (
    <details class="timeline-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table: {countOf(count, 'row')}</summary>
      {isOpen && <DataTable label={`Samples and waits of ${spanName}`} columns={COLUMNS} rows={rows} keyOf={({ id }) => id} sort={sort} onSort={setSort} minWidth="42rem" none="Nothing" />}
    </details>
  );
}

const COLUMNS: readonly TableColumn<TimelineEntry>[] = [
  { name: 'start', label: 'From', width: '5rem', isNumeric: true, sortValue: ({ startNanos }) => startNanos, cell: ({ startNanos }) => formatDuration(startNanos) },
  { name: 'duration', label: 'Duration', width: '5rem', isNumeric: true, sortValue: ({ durationNanos }) => durationNanos, cell: ({ durationNanos }) => formatDuration(durationNanos) },
  { name: 'cpu', label: 'CPU', width: '5rem', isNumeric: true, sortValue: ({ cpuNanos }) => cpuNanos, cell: ({ cpuNanos }) => formatDuration(cpuNanos) },
  { name: 'lane', label: 'Thread', width: '10.5rem', sortValue: ({ lane }) => lane, cell: ({ lane }) => <div class="cut">{lane}</div> },
  { name: 'what', label: 'Function', width: 'minmax(9rem, 1fr)', sortValue: ({ what }) => what, cell: ({ what }) => <div class="cut mono">{what}</div> },
  { name: 'owner', label: 'For', width: 'minmax(8rem, 1fr)', sortValue: ({ owner }) => owner, cell: ({ owner }) => <div class="cut">{owner}</div> },
];

function entries({ lanes, waits, frames, spanIds, startNanos: base }: TimelineAnswer, spanNames: (spanId: string) => string | undefined): readonly TimelineEntry[] {
  const rows: Omit<TimelineEntry, 'id'>[] = [];
  for (const lane of lanes) {
    for (let i = 0; i < lane.startNanos.length; i++) {
      rows.push({
        lane: laneName(lane),
        startNanos: lane.startNanos[i]! - base,
        durationNanos: lane.durationNanos[i]!,
        cpuNanos: lane.cpuNanos[i]!,
        what: lane.kind === 'garbage-collection' ? 'garbage collection' : frameName(frames, lane.frame[i]!),
        owner: ownerText(lane, i, spanNames(spanIds[lane.span[i]!] ?? '')),
      });
    }
  }
  for (const { startNanos, durationNanos, name } of waits) {
    rows.push({ lane: 'Waiting', startNanos: startNanos - base, durationNanos, cpuNanos: null, what: 'waiting', owner: name === null ? 'no span' : name });
  }
  return rows.map((row, id) => ({ ...row, id }));
}

function ownerText({ owner }: TimelineLane, sample: number, name: string | undefined): string {
  const words = OWNER_WORDS[owner[sample]!];
  return name === undefined || owner[sample] === 'span' ? words : `${words}: ${name}`;
}
