import type { JSX } from 'preact';
import type { FrameTable } from '../../../src/call-tree/call-tree.ts';
import { frameName, placeText } from './frame-kinds.ts';
import { shortPlace } from './short-place.ts';

export interface FunctionNameProps {
  readonly frames: FrameTable;
  readonly frame: number;
  readonly isOnly: boolean;
  readonly onOnly: (frame: number) => void;
}

/** A function in a table, as a button that shows it alone. */
export function FunctionName({ frames, frame, isOnly, onOnly }: FunctionNameProps): JSX.Element {
  const place = placeText(frames, frame);
  return (
    <button
      type="button"
      class="function-name cut"
      aria-pressed={isOnly}
      title={`${frameName(frames, frame)}${place === '' ? '' : `\n${place}`}\n${isOnly ? 'Show everything again' : 'Show only this function'}`}
      onClick={() => onOnly(isOnly ? -1 : frame)}
    >
      <span class="mono">{frameName(frames, frame)}</span>
      {place !== '' && <small class="muted"> {shortPlace(frames, frame)}</small>}
    </button>
  );
}
