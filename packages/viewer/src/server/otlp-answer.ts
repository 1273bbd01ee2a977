import type { ServerResponse } from 'node:http';
import protobuf from 'protobufjs/minimal.js';
import type { MediaType } from './request-checks.ts';
import type { RequestError } from './request-error.ts';
import { RPC_CODES, rpcCodeOf } from './rpc-code.ts';
import { JSON_TYPE, send, TEXT } from './send.ts';

const NOTHING = new Uint8Array(0);

/** An `ExportTraceServiceResponse` or `ExportProfilesServiceResponse` without a partial success: the empty message. */
export function answerSuccess(response: ServerResponse, mediaType: MediaType): void {
  send(response, { type: mediaType, body: mediaType === JSON_TYPE ? '{}' : NOTHING });
}

/** A `google.rpc.Status` in the encoding of the request; plain text where that has none that OTLP knows. */
export function answerError(response: ServerResponse, { status, message, headers }: RequestError, mediaType: MediaType | undefined): void {
  const code = RPC_CODES[rpcCodeOf(status)];
  if (mediaType === undefined) send(response, { status, headers, type: TEXT, body: `${message}\n` });
  else if (mediaType === JSON_TYPE) send(response, { status, headers, type: mediaType, body: JSON.stringify({ code, message }) });
  else send(response, { status, headers, type: mediaType, body: protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(message).finish() });
}
