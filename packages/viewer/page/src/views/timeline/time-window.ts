/** The part of a time line that is seen, nanoseconds from the start of the trace. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/** No nearer than this: samples are milliseconds long. */
const LEAST_NANOS = 100_000;

/** Scales the window about a moment that stays where it is; a factor below 1 zooms in. Never leaves `whole`. */
export function zoomed(window: TimeWindow, whole: TimeWindow, factor: number, about: number = (window.start + window.end) / 2): TimeWindow {
  const length = window.end - window.start;
  const wholeLength = whole.end - whole.start;
  const wanted = Math.min(wholeLength, Math.max(Math.min(LEAST_NANOS, wholeLength), length * factor));
  const share = length > 0 ? (about - window.start) / length : 0.5;
  return within({ start: about - share * wanted, end: about + (1 - share) * wanted }, whole);
}

/** Moves the window, as far as there is something. */
export function panned(window: TimeWindow, whole: TimeWindow, byNanos: number): TimeWindow {
  return within({ start: window.start + byNanos, end: window.end + byNanos }, whole);
}

function within(window: TimeWindow, whole: TimeWindow): TimeWindow {
  const length = Math.min(window.end - window.start, whole.end - whole.start);
  const start = Math.max(whole.start, Math.min(whole.end - length, window.start));
  return { start, end: start + length };
}

/** The window as given to a share of its width. */
export function momentAt({ start, end }: TimeWindow, share: number): number {
  return start + (end - start) * share;
}
