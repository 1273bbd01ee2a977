import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colours a text; gives it back as it is when colour is off. */
export type Paint = (format: Format, text: string) => string;

export function createPaint(color: boolean): Paint {
  if (!color) return (_format, text) => text;
  // Whether colour is wanted is for the caller to say: the text may not go to this process's terminal.
  return (format, text) => styleText(format, text, { validateStream: false });
}
