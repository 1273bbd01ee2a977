import type { IncomingMessage } from 'node:http';
import { RequestError } from './request-error.ts';

/** The encodings of OTLP/HTTP. */
export type MediaType = 'application/x-protobuf' | 'application/protobuf' | 'application/json';

const MEDIA_TYPES: ReadonlySet<string> = new Set<MediaType>(['application/x-protobuf', 'application/protobuf', 'application/json']);

/**
 * Refuses what a web page could send: a page whose name was made to point at the loopback address (DNS rebinding) has
 * another Host, a page of another origin has another Origin.
 */
export function checkAddressee(request: IncomingMessage, port: number): void {
  const allowed = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  // A client leaves the default port out.
  if (port === 80) allowed.push('127.0.0.1', 'localhost', '[::1]');
  const host = request.headers.host?.toLowerCase();
  if (host === undefined || !allowed.includes(host)) {
    throw new RequestError(403, 'forbidden-host', `this server answers to ${allowed.slice(0, 3).join(', ')} only; the Host header names another`);
  }
  const origin = request.headers.origin?.toLowerCase();
  if (origin !== undefined && !allowed.some((address) => origin === `http://${address}`)) {
    throw foreignOrigin();
  }
  // Requests for an image or a script have no Origin. Another page's link to one of ours is harmless.
  const site = request.headers['sec-fetch-site'];
  if ((site === 'cross-site' || site === 'same-site') && request.headers['sec-fetch-mode'] !== 'navigate') throw foreignOrigin();
}

function foreignOrigin(): RequestError {
  return new RequestError(403, 'forbidden-origin', 'this server takes nothing from web pages of other origins');
}

/** The request's media type, where it is one that OTLP knows. */
export function mediaTypeOf(request: IncomingMessage): MediaType | undefined {
  const type = request.headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase();
  return type !== undefined && MEDIA_TYPES.has(type) ? (type as MediaType) : undefined;
}

export function requireMediaType(request: IncomingMessage): MediaType {
  const mediaType = mediaTypeOf(request);
  if (mediaType === undefined) {
    throw new RequestError(415, 'unsupported-content-type', 'the Content-Type must be application/x-protobuf or application/json');
  }
  return mediaType;
}

/** Whether the body is compressed. gzip is all that OTLP asks for. */
export function isGzip(request: IncomingMessage): boolean {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  throw new RequestError(415, 'unsupported-content-encoding', 'the Content-Encoding must be gzip or identity', { 'Accept-Encoding': 'gzip, identity' });
}
