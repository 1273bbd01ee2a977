import type { Paint } from './report-style.ts';
import type { Store } from '../store/store.ts';
import { fit, terminalSafe, widthOf } from './terminal-text.ts';
import { topEndpoints } from '../queries/top-endpoints.ts';
import type { EndpointUsage } from '../queries/top-endpoints.ts';
import { formatCount, formatDuration, formatNumberOf, formatShare } from './units.ts';

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Takes what room the others leave. */
  readonly flexible?: boolean;
  readonly cell: (row: EndpointUsage) => string;
}

const GAP = '  ';
const ABSENT = '–';

const FIGURES: readonly Column[] = [
  { title: 'calls', align: 'right', cell: ({ calls }) => (calls === 0 ? ABSENT : formatCount(calls)) },
  { title: 'wall/call', align: 'right', cell: ({ wallNanosPerCall, samples }) => perCall(wallNanosPerCall, samples) },
  { title: 'CPU/call', align: 'right', cell: ({ cpuNanosPerCall, samples }) => perCall(cpuNanosPerCall, samples) },
  { title: 'CPU share', align: 'right', cell: ({ cpuShare, samples }) => (samples === 0 ? ABSENT : formatShare(cpuShare)) },
  { title: 'samples', align: 'right', cell: ({ samples }) => formatCount(samples) },
];

/** Endpoints by CPU time, one a line. */
export function endpointLines(store: Store, width: number, limit: number, service: string | undefined, paint: Paint): string[] {
  const all = topEndpoints(store, service === undefined ? {} : { service });
  if (all.length === 0) return [];
  const rows = all.slice(0, limit);
  const columns: Column[] = [
    { title: 'endpoint', align: 'left', flexible: true, cell: ({ endpoint }) => (endpoint === undefined ? '(no endpoint)' : terminalSafe(endpoint)) },
    ...(new Set(all.map((row) => row.service)).size > 1
      ? [{ title: 'service', align: 'left', cell: (row) => fit(terminalSafe(row.service), Math.min(16, widthOf(terminalSafe(row.service)))) } satisfies Column]
      : []),
    ...FIGURES,
  ];
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map((column, i) => Math.max(widthOf(column.title), ...cells.map((row) => widthOf(row[i]!))));
  const others = widths.reduce((sum, columnWidth, i) => (columns[i]!.flexible === true ? sum : sum + columnWidth + GAP.length), 0);
  const line = (texts: readonly string[]): string => texts
    .map((text, i) => fit(text, columns[i]!.flexible === true ? Math.min(widths[i]!, width - others) : widths[i]!, columns[i]!.align))
    .join(GAP);

  const lines = [paint('bold', 'TOP ENDPOINTS') + paint('dim', ' by CPU time; wall is time on the JavaScript thread'), ''];
  lines.push(paint('dim', line(columns.map(({ title }) => title))));
  rows.forEach((row, i) => lines.push(row.endpoint === undefined ? paint('dim', line(cells[i]!)) : line(cells[i]!)));
  if (all.length > rows.length) lines.push(paint('dim', `… and ${formatNumberOf(all.length - rows.length, 'endpoint')} more`));
  return lines;
}

/** Without a sample nothing is known of an endpoint but that it used little. */
function perCall(nanos: number | undefined, samples: number): string {
  return nanos === undefined || samples === 0 ? ABSENT : formatDuration(nanos);
}
