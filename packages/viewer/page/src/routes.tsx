import type { JSX } from 'preact';
import { DiffView } from './views/diff/diff-view.tsx';
import { EndpointsView } from './views/endpoints/endpoints-view.tsx';
import { ProfilesView } from './views/profiles/profiles-view.tsx';
import { TraceView } from './views/trace/trace-view.tsx';
import { TracesView } from './views/traces/traces-view.tsx';

export interface Route {
  readonly title: string;
  /** Groups of the pattern are given to the view. */
  readonly pattern: RegExp;
  readonly view: (groups: Readonly<Record<string, string>>) => JSX.Element;
}

export const ROUTES: readonly Route[] = [
  { title: 'Traces', pattern: /^\/(?:traces)?$/, view: () => <TracesView /> },
  { title: 'Trace', pattern: /^\/trace\/(?<traceId>[^/]+)$/, view: ({ traceId }) => <TraceView key={traceId} traceId={traceId ?? ''} /> },
  { title: 'Endpoints', pattern: /^\/endpoints$/, view: () => <EndpointsView /> },
  { title: 'Profiles', pattern: /^\/profiles$/, view: () => <ProfilesView /> },
  { title: 'Compare', pattern: /^\/diff$/, view: () => <DiffView /> },
];
