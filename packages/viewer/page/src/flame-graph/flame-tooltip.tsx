import type { JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { FrameFacts } from './frame-facts.ts';
import { FrameFactsList } from './frame-facts-list.tsx';

const DISTANCE = 14;
const MARGIN = 8;

export interface FlameTooltipProps {
  readonly facts: FrameFacts;
  /** Where the pointer is now. */
  readonly pointer: { readonly x: number; readonly y: number };
  /** Follows the pointer within this element. */
  readonly within: RefObject<HTMLElement | null>;
}

export function FlameTooltip({ facts, pointer, within }: FlameTooltipProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const place = (x: number, y: number): void => {
    const element = box.current;
    if (element === null) return;
    const { offsetWidth, offsetHeight } = element;
    const { clientWidth, clientHeight } = document.documentElement;
    const left = Math.max(MARGIN, Math.min(x + DISTANCE, clientWidth - offsetWidth - MARGIN));
    const isBelow = y + DISTANCE + offsetHeight + MARGIN <= clientHeight;
    const top = isBelow ? y + DISTANCE : Math.max(MARGIN, y - DISTANCE - offsetHeight);
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  };
  useLayoutEffect(() => place(pointer.x, pointer.y));
  useEffect(() => {
    const element = within.current;
    const follow = (event: PointerEvent): void => place(event.clientX, event.clientY);
    element?.addEventListener('pointermove', follow);
    return () => element?.removeEventListener('pointermove', follow);
  }, [within]);
  // The live text of the graph and the table say the same to those who do not see it.
  return <div ref={box} class="flame-tooltip" role="tooltip" aria-hidden="true"><FrameFactsList facts={facts} /></div>;
}
