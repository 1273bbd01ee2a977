import type { ComponentChildren } from 'preact';
import { Component } from 'preact';
import { ErrorNotice } from '../design/controls.tsx';

export interface ErrorBoundaryProps {
  /** Address of what is shown: at another one it is tried again. */
  readonly place: string;
  readonly children: ComponentChildren;
}

interface Failure {
  readonly place: string;
  readonly error: Error | undefined;
}

/** Keeps the page around a view that cannot be drawn, and says so in the view's place. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, Failure> {
  override state: Failure = { place: this.props.place, error: undefined };

  static override getDerivedStateFromProps({ place }: ErrorBoundaryProps, before: Failure): Failure | null {
    return place === before.place ? null : { place, error: undefined };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
    // Of several parts of a view that fail, the first says most.
    this.setState((before) => ({ error: before.error ?? (error instanceof Error ? error : new Error(String(error))) }));
  }

  override render({ children }: ErrorBoundaryProps, { error }: Failure): ComponentChildren {
    if (error === undefined) return children;
    return <ErrorNotice error={new Error(`This view could not be drawn: ${error.message}. Reload the page; if that does not help, the other views still work.`)} onRetry={() => location.reload()} />;
  }
}
