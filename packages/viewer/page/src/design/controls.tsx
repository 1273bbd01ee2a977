import type { ButtonHTMLAttributes, ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import './controls.css';

export interface ButtonProps extends Omit<ButtonHTMLAttributes, 'class'> {
  readonly class?: string;
  readonly variant?: 'primary' | 'quiet' | undefined;
}

export function Button({ variant, class: className, ...attributes }: ButtonProps): JSX.Element {
  return <button type="button" class={`button${variant === undefined ? '' : ` button-${variant}`} ${className ?? ''}`} {...attributes} />;
}

export interface Segment<Value extends string> {
  readonly value: Value;
  readonly label: ComponentChildren;
  /** Behind the label, such as a number of samples. */
  readonly note?: string;
  /** Looks empty and can be chosen all the same, to read why it is. */
  readonly isEmpty?: boolean;
  readonly title?: string | undefined;
}

export interface SegmentedControlProps<Value extends string> {
  /** Accessible name of the group. */
  readonly label: string;
  readonly segments: readonly Segment<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

let groups = 0;

/** One of a few; radio buttons, so arrow keys move. */
export function SegmentedControl<Value extends string>({ label, segments, value, onChange }: SegmentedControlProps<Value>): JSX.Element {
  const [name] = useState(() => `segments-${groups++}`);
  return (
    <div class="segmented" role="radiogroup" aria-label={label}>
      {segments.map((segment) => (
        <label key={segment.value} class={segment.isEmpty === true ? 'is-empty' : ''} title={segment.title}>
          <input type="radio" name={name} value={segment.value} checked={segment.value === value} onChange={() => onChange(segment.value)} />
          {segment.label}
          {segment.note !== undefined && <small> {segment.note}</small>}
        </label>
      ))}
    </div>
  );
}

export interface FieldProps {
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A control with its label above it. */
export function Field({ label, class: className, children }: FieldProps): JSX.Element {
  return (
    <label class={`field ${className ?? ''}`}>
      <span>{label}</span>
      {children}
    </label>
  );
}

export interface ErrorNoticeProps {
  readonly error: Error;
  readonly onRetry?: () => void;
}

export function ErrorNotice({ error, onRetry }: ErrorNoticeProps): JSX.Element {
  return (
    <div class="notice notice-error" role="alert">
      <span>{error.message}</span>
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** Lines to paste. */
export function Snippet({ code, label }: { readonly code: string; readonly label: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(code).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    }, () => setCopied(false));
  };
  return (
    <div class="snippet">
      <pre tabIndex={0} aria-label={label}><code>{code}</code></pre>
      <Button onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>
    </div>
  );
}

export function EmptyState({ title, children }: { readonly title: string; readonly children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty-state" role="status">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
