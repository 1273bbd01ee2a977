import type { ComponentChildren, JSX } from 'preact';
import { isPaused, liveConnection, liveState, setPaused, shownState } from '../api/live-state.ts';
import { Button } from '../design/controls.tsx';
import type { ThemeChoice } from '../design/theme.ts';
import { chooseTheme, themeChoice } from '../design/theme.ts';
import { countOf, formatBytes } from '../format/units.ts';
import { address } from '../router/address.ts';
import { Link } from '../router/link.tsx';
import './shell.css';

const PLACES = [
  { href: '/traces', label: 'Traces', isAt: (path: string) => path === '/' || path.startsWith('/trace') },
  { href: '/endpoints', label: 'Endpoints', isAt: (path: string) => path === '/endpoints' },
  { href: '/profiles', label: 'Profiles', isAt: (path: string) => path === '/profiles' },
  { href: '/diff', label: 'Compare', isAt: (path: string) => path === '/diff' },
] as const;

export function Shell({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const { path } = address.value;
  return (
    <div class="shell">
      <a class="skip-link" href="#main">Skip to content</a>
      <header class="shell-header">
        <Link class="shell-brand" href="/traces">
          <img src="/flamespan.svg" alt="" width="20" height="20" />
          Flamespan
        </Link>
        <nav aria-label="Views">
          <ul class="shell-nav">
            {PLACES.map(({ href, label, isAt }) => (
              <li key={href}><Link href={href} aria-current={isAt(path) ? 'page' : undefined}>{label}</Link></li>
            ))}
          </ul>
        </nav>
        <LiveControls />
      </header>
      <LostNotice />
      <main id="main" class="shell-main" tabIndex={-1}>{children}</main>
    </div>
  );
}

function LiveControls(): JSX.Element {
  const state = shownState.value;
  const paused = isPaused.value;
  const connection = liveConnection.value;
  const word = connection === 'live' ? (paused ? 'Paused' : 'Live') : connection === 'lost' ? 'Not connected' : 'Connecting';
  return (
    <div class="shell-live">
      <span class={`live-mark live-${connection === 'live' && paused ? 'paused' : connection}`}>{word}</span>
      {state !== undefined && (
        <span class="shell-held muted" title={`${countOf(state.spans, 'span')}, ${countOf(state.profiles, 'profile')} with ${countOf(state.samples, 'sample')}. Evicted: ${countOf(state.evictedTraces, 'trace')}, ${countOf(state.evictedProfiles, 'profile')}.`}>
          {countOf(state.traces, 'trace')} · {countOf(state.samples, 'sample')} · {formatBytes(state.bytes)} of {formatBytes(state.maxBytes)}
        </span>
      )}
      <Button aria-pressed={paused} disabled={liveState.value === undefined} onClick={() => setPaused(!paused)} title="Holds the page still; the viewer goes on receiving">
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <label class="shell-theme">
        <span class="visually-hidden">Colours</span>
        <select class="select" value={themeChoice.value} onChange={(event) => chooseTheme(event.currentTarget.value as ThemeChoice)}>
          <option value="system">System</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
    </div>
  );
}

function LostNotice(): JSX.Element | null {
  if (liveConnection.value !== 'lost') return null;
  return (
    <div class="notice notice-warning shell-notice" role="status">
      <span>The viewer does not answer; this page shows what it had and goes on by itself when the viewer is back.</span>
    </div>
  );
}
