import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

const MAX_LENGTH = 1_000;

/**
 * Text from outside as it may go to a terminal: no escape sequences, no control or invisible formatting characters
 * (which could also turn the reading direction), no line breaks.
 */
export function terminalSafe(text: string): string {
  const bounded = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH / 2)}…${text.slice(-MAX_LENGTH / 2)}` : text;
  return stripVTControlCharacters(bounded)
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text in at most `width` columns: the middle goes, since both ends of names and paths tell most. */
export function shortenMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment);
  const head = take(parts, Math.ceil((width - 1) / 2));
  const tail = take(parts.reverse(), Math.floor((width - 1) / 2));
  return `${head.join('')}…${tail.reverse().join('')}`;
}

function take(parts: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const part of parts) {
    used += widthOf(part);
    if (used > width) break;
    taken.push(part);
  }
  return taken;
}

/** Exactly `width` columns. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const short = shortenMiddle(text, width);
  const space = ' '.repeat(Math.max(0, width - widthOf(short)));
  return align === 'left' ? short + space : space + short;
}

/** Items one after the other, in lines of at most `width` columns. An item that is longer is shortened. */
export function flow(items: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    const longer = line === '' ? item : line + separator + item;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = shortenMiddle(item, width);
    } else line = shortenMiddle(longer, width);
  }
  return line === '' ? lines : [...lines, line];
}
