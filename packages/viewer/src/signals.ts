import { decodeOtlp, ProfileDecodeError } from '@flamespan/profile';
import type { MediaType } from './request-checks.ts';
import { RequestError } from './request-error.ts';
import type { Store } from './store.ts';
import { TraceDecodeError } from './trace-decode-error.ts';
import { tracesFromJson } from './traces-from-json.ts';
import { tracesFromProtobuf } from './traces-from-protobuf.ts';

/** Takes the body of one request into the store, all of it or nothing. @throws RequestError */
export type Signal = (body: Buffer, mediaType: MediaType) => void;

/**
 * What a request may grow to when it is decoded. More would push everything else out of the store, and itself.
 */
function maxDecodedBytes(store: Store): number {
  return store.stats().maxBytes;
}

export function createTracesSignal(store: Store): Signal {
  return (body, mediaType) => {
    try {
      const spans = mediaType === 'application/json'
        ? tracesFromJson(jsonText(body), maxDecodedBytes(store))
        : tracesFromProtobuf(body, maxDecodedBytes(store));
      store.addSpans(spans);
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

export function createProfilesSignal(store: Store): Signal {
  return (body, mediaType) => {
    if (mediaType === 'application/json') throw new RequestError(415, 'unsupported-content-type', 'profiles are taken as application/x-protobuf');
    try {
      store.addProfiles(decodeOtlp(body).profiles);
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

function refusalOf(error: unknown): unknown {
  const decodeError = error instanceof TraceDecodeError || error instanceof ProfileDecodeError ? error : undefined;
  if (decodeError === undefined) return error;
  const tooLarge = decodeError instanceof TraceDecodeError ? decodeError.failure === 'too-large' : decodeError.code === 'ERR_TOO_LARGE';
  return tooLarge
    ? new RequestError(413, 'body-too-large', decodeError.message, {}, { cause: error })
    : new RequestError(400, 'malformed', decodeError.message, {}, { cause: error });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** One value for each 8 bytes is far more than OTLP/JSON has; parsed, each takes 60 and more. */
const BYTES_PER_JSON_VALUE = 8;
const UNCHECKED_JSON_BYTES = 4 * 1024 * 1024;

function jsonText(body: Buffer): string {
  if (body.length > UNCHECKED_JSON_BYTES) {
    let values = 0;
    for (const byte of body) if (byte === 0x2c || byte === 0x5b || byte === 0x7b) values++; // , [ {
    if (values > body.length / BYTES_PER_JSON_VALUE) {
      throw new RequestError(413, 'body-too-large', 'the JSON text holds too many values for its size; send smaller batches');
    }
  }
  try {
    return utf8.decode(body);
  } catch (error) {
    throw new RequestError(400, 'malformed', 'the JSON text is not UTF-8', {}, { cause: error });
  }
}
