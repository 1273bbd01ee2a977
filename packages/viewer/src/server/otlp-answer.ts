import type { ServerResponse } from 'node:http';
import protobuf from 'protobufjs/minimal.js';
import type { MediaType } from './request-checks.ts';
import type { RequestError } from './request-error.ts';

// google.rpc.Code
const INVALID_ARGUMENT = 3;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;
const UNKNOWN = 2;
const INTERNAL = 13;

const NOTHING = Buffer.alloc(0);

/** An `ExportTraceServiceResponse` or `ExportProfilesServiceResponse` without a partial success: the empty message. */
export function answerSuccess(response: ServerResponse, mediaType: MediaType): void {
  send(response, 200, mediaType, mediaType === 'application/json' ? Buffer.from('{}') : NOTHING);
}

/** A `google.rpc.Status` in the encoding of the request; plain text where that has none that OTLP knows. */
export function answerError(response: ServerResponse, error: RequestError, mediaType: MediaType | undefined): void {
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  const code = statusCode(error.status);
  if (mediaType === undefined) send(response, error.status, 'text/plain; charset=utf-8', Buffer.from(`${error.message}\n`));
  else if (mediaType === 'application/json') send(response, error.status, mediaType, Buffer.from(JSON.stringify({ code, message: error.message })));
  else send(response, error.status, mediaType, protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(error.message).finish());
}

export function answerText(response: ServerResponse, text: string): void {
  send(response, 200, 'text/plain; charset=utf-8', Buffer.from(text));
}

function send(response: ServerResponse, status: number, contentType: string, body: Uint8Array): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function statusCode(status: number): number {
  switch (status) {
    case 400:
    case 415:
      return INVALID_ARGUMENT;
    case 403:
      return PERMISSION_DENIED;
    case 413:
      return RESOURCE_EXHAUSTED;
    case 500:
      return INTERNAL;
    case 503:
      return UNAVAILABLE;
    default:
      return UNKNOWN;
  }
}
