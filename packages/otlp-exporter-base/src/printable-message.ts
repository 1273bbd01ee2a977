import type { Redactor } from './redaction.ts';

const LONGEST_MESSAGE = 300;

/** What a server says, fit for a log: no secrets of ours, one line, printable, at most 300 characters. */
export function printableMessage(text: string, redact: Redactor): string {
  // Controls, invisible formatting such as bidirectional overrides, lone surrogates, and what did not decode.
  const line = redact(text).replaceAll(/[\p{C}\p{Z}\uFFFD]+/gu, ' ').trim();
  // A cut must not leave half a character.
  return line.length <= LONGEST_MESSAGE ? line : `${line.slice(0, LONGEST_MESSAGE).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
