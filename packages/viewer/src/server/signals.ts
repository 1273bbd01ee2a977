import type { DecodeLimits } from '@flamespan/profile';
import { decodeOtlp, ProfileDecodeError, profilesDataFromJson, profilesFromProfilesData } from '@flamespan/profile';
import type { MediaType } from './request-checks.ts';
import { RequestError } from './request-error.ts';
import type { Store } from '../store/store.ts';
import { isTooLarge } from '../otlp-traces/too-large.ts';
import { TraceDecodeError } from '../otlp-traces/trace-decode-error.ts';
import { tracesFromJson } from '../otlp-traces/traces-from-json.ts';
import { tracesFromProtobuf } from '../otlp-traces/traces-from-protobuf.ts';

/** Takes the body of one request into the store, all of it or nothing. @throws RequestError */
export type Signal = (body: Buffer, mediaType: MediaType) => void;

export function createTracesSignal(store: Store): Signal {
  return refusing((body, mediaType) => {
    // More than the store may hold would push out everything else, and itself.
    const { maxBytes } = store.stats();
    store.addSpans(mediaType === 'application/json' ? tracesFromJson(jsonText(body), maxBytes) : tracesFromProtobuf(body, maxBytes));
  });
}

/** Of metrics and logs, which nothing here shows: exporters are told that they came, and nothing is kept. */
export const keepNothing: Signal = () => {};

/** What an element of {@link DecodeLimits} takes in memory. */
const ELEMENT_BYTES = 32;

export function createProfilesSignal(store: Store): Signal {
  return refusing((body, mediaType) => {
    const limits: DecodeLimits = { maxBytes: body.length, maxElements: Math.ceil(store.stats().maxBytes / ELEMENT_BYTES) };
    const { profiles } = mediaType === 'application/json'
      ? profilesFromProfilesData(profilesDataFromJson(jsonText(body), limits), limits)
      : decodeOtlp(body, limits);
    store.addProfiles(profiles);
  });
}

function refusing(signal: Signal): Signal {
  return (body, mediaType) => {
    try {
      signal(body, mediaType);
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof TraceDecodeError || error instanceof ProfileDecodeError)) return error;
  return isTooLarge(error)
    ? new RequestError(413, 'body-too-large', error.message, {}, { cause: error })
    : new RequestError(400, 'malformed', error.message, {}, { cause: error });
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
