import { createSlicedEncoding } from '@flamespan/otlp-exporter-base';
import type { SlicedEncoding } from '@flamespan/otlp-exporter-base';
import { createPartwiseExport } from '@flamespan/profile';
import type { ExportInPartsOutcome, ExportResult, PartOutcome, PartSender, Profile } from '@flamespan/profile';
import { compressAttachments, encodeAttachments } from './attachments.ts';
import type { Attachment } from './attachments.ts';
import type { DatadogConfiguration } from './configuration.ts';
import { DatadogProfileExporterError } from './exporter-error.ts';
import { failed, toPartOutcome } from './export-result.ts';
import { createHttpTransport } from './http-transport.ts';
import { encodeMultipartForm } from './multipart-form.ts';
import type { MultipartForm } from './multipart-form.ts';
import { encodeProfileEvent } from './profile-event.ts';

/** Sends profiles, each within the configured timeout. */
export interface ProfileUpload {
  /** The server, as it may be shown. */
  readonly target: string;
  /** Never rejects. */
  send(profile: Profile): Promise<ExportResult>;
  shutdown(): Promise<void>;
}

export function createProfileUpload(configuration: DatadogConfiguration): ProfileUpload {
  const { destination, timeoutMillis, compression } = configuration;
  const transport = createHttpTransport(configuration);
  const exportInParts = createPartwiseExport();
  /** A part that is sent again keeps its number. */
  const sequences = new WeakMap<Profile, number>();
  let nextSequence = 0;
  /** Calls of windows without samples: Datadog takes no profile without one, so that the next profile tells of them. */
  let waitingCalls: ReadonlyMap<string, number> = new Map();

  const createForm = async (part: Profile, attachments: readonly Attachment[], endpointCalls: ReadonlyMap<string, number>): Promise<MultipartForm> => {
    const sequence = sequences.get(part) ?? nextSequence++;
    sequences.set(part, sequence);
    const event = encodeProfileEvent({ profile: part, attachments, sequence, endpointCalls }, configuration);
    const files = await compressAttachments(attachments, compression);
    return encodeMultipartForm([
      { name: 'event', filename: 'event.json', contentType: 'application/json', content: event },
      ...files.map(({ filename, content }) => ({ name: filename, filename, contentType: 'application/octet-stream', content })),
    ]);
  };

  const sendPart = async (part: Profile, encoding: SlicedEncoding, endMillis: number): Promise<PartOutcome> => {
    const attachments = await encoding.run(encodeAttachments(part));
    const calls = addCalls(waitingCalls, part.endpointCalls);
    if (attachments.length === 0) {
      waitingCalls = calls;
      return { status: 'delivered' };
    }
    const form = await createForm(part, attachments, calls);
    const leftMillis = endMillis - performance.now();
    if (leftMillis <= 0) {
      return { status: 'failed', result: failed('ERR_TIMEOUT', `the requests to ${destination.display} took more than ${timeoutMillis} ms together (timeoutMillis)`, { retryable: true }) };
    }
    const outcome = toPartOutcome(await transport.send(form, leftMillis), configuration);
    if (outcome.status === 'delivered') waitingCalls = new Map();
    return outcome;
  };

  return {
    target: destination.display,
    async send(profile) {
      const endMillis = performance.now() + timeoutMillis;
      const encoding = createSlicedEncoding();
      const sender: PartSender = { run: (work) => encoding.run(work), send: (part) => sendPart(part, encoding, endMillis) };
      try {
        return encoding.withMillis(toExportResult(profile, await exportInParts(profile, sender)));
      } catch (error) {
        return failed('ERR_ENCODING_FAILED', `the profile could not be encoded (${error instanceof Error ? error.message : String(error)})`, { cause: error });
      }
    },
    shutdown: () => transport.shutdown(),
  };
}

function toExportResult(profile: Profile, outcome: ExportInPartsOutcome): ExportResult {
  if (outcome.status === 'delivered') return { code: 0 };
  if (outcome.status === 'failed') return outcome.result;
  const { givenUp, result } = outcome;
  const { error } = result;
  const own = error instanceof DatadogProfileExporterError ? error : undefined;
  const reason = (error?.message ?? '').replace(/^ERR_\w+: /, '');
  const counts = `${givenUp.samples} of ${profile.samples.length} samples and ${givenUp.heapSamples} of ${profile.heapSamples.length} heap samples`;
  const details = {
    ...(own?.httpStatus === undefined ? {} : { httpStatus: own.httpStatus }),
    ...(own?.cause === undefined ? {} : { cause: own.cause }),
  };
  if (outcome.status === 'partly-refused') {
    return failed(own?.code ?? 'ERR_REFUSED', `${reason}. The profile was sent in parts: ${counts} were in parts like this one and are lost; the rest was delivered`, details);
  }
  return failed('ERR_TOO_LARGE', `${reason}. The profile was divided, but ${counts} do not fit in the smallest part either and are lost; the rest was delivered. Shorten exportIntervalMillis`, details);
}

function addCalls(waiting: ReadonlyMap<string, number>, more: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  if (waiting.size === 0) return more;
  const sum = new Map(waiting);
  for (const [endpoint, calls] of more) sum.set(endpoint, (sum.get(endpoint) ?? 0) + calls);
  return sum;
}
