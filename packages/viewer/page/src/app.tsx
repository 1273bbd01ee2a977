import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { EmptyState } from './design/controls.tsx';
import { address } from './router/address.ts';
import { Link } from './router/link.tsx';
import { ROUTES } from './routes.tsx';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { Shell } from './shell/shell.tsx';

export function App(): JSX.Element {
  const { path, query } = address.value;
  const route = ROUTES.find(({ pattern }) => pattern.test(path));
  const title = route?.title ?? 'Not found';
  useEffect(() => {
    document.title = `${title} · Flamespan`;
  }, [title]);
  const shownPath = useRef(path);
  useEffect(() => {
    if (shownPath.current === path) return;
    shownPath.current = path;
    // As after loading a page: the keyboard and screen readers begin with what is new.
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [path]);
  return (
    <Shell>
      <ErrorBoundary place={`${path}?${query.toString()}`}>
        {route?.view(groupsOf(route.pattern, path)) ?? (
          <EmptyState title="There is nothing at this address">
            <p><Link href="/traces">Go to the traces</Link></p>
          </EmptyState>
        )}
      </ErrorBoundary>
    </Shell>
  );
}

function groupsOf(pattern: RegExp, path: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(pattern.exec(path)?.groups ?? {}).map(([name, value]) => [name, decoded(value)]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
