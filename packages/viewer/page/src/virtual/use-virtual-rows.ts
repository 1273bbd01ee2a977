import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';

export interface VirtualRows {
  /** First row to draw. */
  readonly first: number;
  /** After the last row to draw. */
  readonly end: number;
  readonly totalHeight: number;
  /** Height of the scrolling element that rows are seen in. */
  readonly viewHeight: number;
  scrollToRow(row: number): void;
}

/** Which of `count` rows of equal height to draw in an element that scrolls. */
export function useVirtualRows(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number): VirtualRows {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const instance = useRef<Virtualizer<HTMLElement, HTMLElement> | undefined>(undefined);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(),
  };
  instance.current ??= new Virtualizer<HTMLElement, HTMLElement>(options);
  const virtualizer = instance.current;
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => {
    virtualizer.measure();
  }, [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();
  return {
    first: items[0]?.index ?? 0,
    end: (items.at(-1)?.index ?? -1) + 1,
    totalHeight: count * rowHeight,
    viewHeight: virtualizer.scrollRect?.height ?? 0,
    scrollToRow: (row) => virtualizer.scrollToIndex(row, { align: 'auto' }),
  };
}
