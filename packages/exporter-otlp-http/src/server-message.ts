import type { Redactor } from './redaction.ts';
import { decodeStatusMessage } from './service-response.ts';

const LONGEST_MESSAGE = 300;
/** No more of a body is looked at: a longer message is not one to be read. */
const LONGEST_BODY_BYTES = 16_384;

/** What a server says, fit for a log: no secrets of ours, one line, printable, at most 300 characters. */
export function printableMessage(text: string, redact: Redactor): string {
  // Controls, invisible formatting such as bidirectional overrides, lone surrogates, and what did not decode.
  const line = redact(text).replaceAll(/[\p{C}\p{Z}\uFFFD]+/gu, ' ').trim();
  // A cut must not leave half a character.
  return line.length <= LONGEST_MESSAGE ? line : `${line.slice(0, LONGEST_MESSAGE).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The server's words in the body of a refusal: a `google.rpc.Status` in protobuf or JSON, or text. `''` = none. */
export function refusalMessage(wholeBody: Uint8Array, contentType: string, redact: Redactor): string {
  const body = wholeBody.subarray(0, LONGEST_BODY_BYTES);
  return printableMessage(statusFromProtobuf(body, contentType) ?? statusFromJson(body) ?? plainText(body), redact);
}

function statusFromProtobuf(body: Uint8Array, contentType: string): string | undefined {
  if (contentType !== '' && !/protobuf|octet-stream/i.test(contentType)) return undefined;
  try {
    return decodeStatusMessage(body);
  } catch {
    return undefined;
  }
}

function statusFromJson(body: Uint8Array): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
  for (const key of ['message', 'error', 'error_description', 'detail']) {
    const found = value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined;
    if (typeof found === 'string') return found;
  }
  return undefined;
}

function plainText(body: Uint8Array): string {
  return Buffer.from(body).toString().replaceAll(/<[^<>]*>/g, ' ');
}
