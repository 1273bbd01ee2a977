import type { JSX } from 'preact';
import { shownState } from '../../api/live-state.ts';
import { MissingSignals, NothingArrived } from '../traces/set-up-advice.tsx';

/** What to set, where nothing or only a part has arrived; null where all is there. */
export function NothingYet(): JSX.Element | null {
  const { value: state } = shownState;
  if (state === undefined) return null;
  return state.traces === 0 && state.profiles === 0 ? <NothingArrived state={state} /> : <MissingSignals state={state} />;
}

/** Whether a view of samples has anything to show. */
export function hasArrived(): boolean {
  const { value: state } = shownState;
  return state === undefined || state.traces > 0 || state.profiles > 0;
}
