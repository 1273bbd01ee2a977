import { decodeRpcStatus } from '@flamespan/otlp-exporter-base';

/** No more of a body is looked at: a longer message is not one to be read. */
const LONGEST_BODY_BYTES = 16_384;

/**
 * The server's words in the body of a refusal: a `google.rpc.Status` in protobuf or JSON, or text. `''` = none. Not yet fit
 * for a log.
 */
export function refusalText(wholeBody: Uint8Array, contentType: string): string {
  const body = wholeBody.subarray(0, LONGEST_BODY_BYTES);
  return statusFromProtobuf(body, contentType) ?? statusFromJson(body) ?? plainText(body);
}

function statusFromProtobuf(body: Uint8Array, contentType: string): string | undefined {
  if (contentType !== '' && !/protobuf|octet-stream/i.test(contentType)) return undefined;
  try {
    return decodeRpcStatus(body).message;
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
