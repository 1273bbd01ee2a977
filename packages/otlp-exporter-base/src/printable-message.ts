import type { Redactor } from './redaction.ts';

const LONGEST_MESSAGE = 300;
/** Servers begin with what they tried and end with why it failed, as Pyroscope does after listing every label. */
const KEPT_END = 120;

/** What a server says, fit for a log: no secrets of ours, one line, printable, at most 300 characters and the cut. */
export function printableMessage(text: string, redact: Redactor): string {
  // Controls, invisible formatting such as bidirectional overrides, lone surrogates, and what did not decode.
  const line = redact(text).replaceAll(/[\p{C}\p{Z}\uFFFD]+/gu, ' ').trim();
  if (line.length <= LONGEST_MESSAGE) return line;
  // A cut must not leave half a character.
  const start = line.slice(0, LONGEST_MESSAGE - KEPT_END).replace(/[\uD800-\uDBFF]$/, '');
  const end = line.slice(-KEPT_END).replace(/^[\uDC00-\uDFFF]/, '');
  return `${start} … ${end}`;
}
