import type { Frame, SentSample } from './sent-samples.ts';

/** Files of the span processor that collect and send; its other files work inside requests, for the span that is current. */
const EXPORT_FILES = ['export-queue', 'pending-windows', 'profile-size', 'window', 'window-delivery', 'own-scheduler', 'own-work'];

/** Whether our own collecting or sending is on the stack. */
export function isOwnSample({ frames }: SentSample): boolean {
  return frames.some(isOwnWork);
}

function isOwnWork({ functionName, filename }: Frame): boolean {
  const [, name = '', file = ''] = /\/packages\/([^/]+)\/(?:src|dist)\/(?:.*\/)?([^/.]+)\.[jt]s$/.exec(filename) ?? [];
  switch (name) {
    case 'exporter-otlp-http':
      return true;
    case 'profile':
      // A request names its endpoint when its span ends,
      return file !== 'endpoint';
    case 'profiler':
      // The activation hook asks for one inside requests.
      return functionName !== 'createContextHolder';
    case 'span-processor':
      // and settles it.
      return EXPORT_FILES.includes(file) && functionName !== 'settle';
    default:
      return false;
  }
}

export function describeSample({ frames, link, endpoint }: SentSample): string {
  return `${endpoint} ${link?.spanId}: ${frames.map(({ functionName }) => functionName).join(' < ')}`;
}
