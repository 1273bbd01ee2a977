import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './disclosure.css';

export interface DropDownProps {
  /** Above it, and its accessible name together with {@link value}; `''` = only that. */
  readonly label: string;
  /** What is chosen, in a few words. */
  readonly value: string;
  readonly children: ComponentChildren;
}

/** A button that opens a panel of controls. Escape and clicking elsewhere close it. */
export function DropDown({ label, value, children }: DropDownProps): JSX.Element {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const outside = (event: Event): void => {
      const element = details.current;
      if (element?.open && !element.contains(event.target as Node)) element.open = false;
    };
    addEventListener('pointerdown', outside);
    addEventListener('focusin', outside);
    return () => {
      removeEventListener('pointerdown', outside);
      removeEventListener('focusin', outside);
    };
  }, []);
  return (
    <div class="field">
      <span>{label}</span>
      <details
        ref={details}
        class="drop-down"
        onToggle={(event) => keepInWindow(event.currentTarget)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !event.currentTarget.open) return;
          event.currentTarget.open = false;
          event.currentTarget.querySelector('summary')?.focus();
        }}
      >
        <summary class="button" aria-label={label === '' ? value : `${label}: ${value}`}><span class="cut">{value}</span></summary>
        <div class="drop-down-panel card">{children}</div>
      </details>
    </div>
  );
}

const MARGIN = 12;

function keepInWindow(details: HTMLDetailsElement): void {
  const panel = details.querySelector<HTMLElement>('.drop-down-panel');
  if (!details.open || panel === null) return;
  panel.style.translate = '0';
  const { left, right } = panel.getBoundingClientRect();
  const shift = Math.min(0, document.documentElement.clientWidth - MARGIN - right);
  panel.style.translate = `${Math.max(shift, MARGIN - left)}px`;
}
