import type { JSX } from 'preact';
import type { SampleSelection } from '../../../../src/api/selection.ts';
import { apiUrl } from '../../api/client.ts';
import { DropDown } from '../../design/disclosure.tsx';

const FORMATS = [
  { format: 'pprof', label: 'pprof', note: 'go tool pprof, speedscope, Pyroscope' },
  { format: 'otlp', label: 'OTLP', note: 'protobuf, as OpenTelemetry sends it' },
  { format: 'json', label: 'JSON', note: 'the same as text' },
] as const;

export interface DownloadsProps {
  readonly selection: SampleSelection;
  readonly title: string;
}

/** The selected samples as files, and in speedscope, which the viewer serves itself. */
export function Downloads({ selection, title }: DownloadsProps): JSX.Element {
  const url = (format: string): string => apiUrl('download', { ...selection, format });
  // It does not read + as a space.
  const speedscope = `/speedscope/index.html#profileURL=${encodeURIComponent(url('speedscope'))}&title=${encodeURIComponent(title)}`;
  return (
    <DropDown label="" value="Download">
      <ul class="downloads">
        {FORMATS.map(({ format, label, note }) => (
          <li key={format}><a href={url(format)} download>{label}</a> <small class="muted">{note}</small></li>
        ))}
        <li><a href={speedscope} target="_blank" rel="noopener">Open in speedscope</a> <small class="muted">in a new tab</small></li>
      </ul>
    </DropDown>
  );
}

