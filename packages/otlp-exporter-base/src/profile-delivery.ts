import type { DiagLogger } from '@opentelemetry/api';
import { createPartwiseExport, hasOtlpContent } from '@flamespan/profile';
import type { ExportInPartsOutcome, ExportResult, GivenUp, PartOutcome, PartwiseExport, Profile, ProfileExporter, SlicedWork } from '@flamespan/profile';
import { OTLPProfileExporterError } from './exporter-error.ts';
import { ExportsUnderWay } from './exports-under-way.ts';
import { failed } from './failed-export.ts';
import type { PartialSuccess } from './service-response.ts';
import { printableMessage } from './printable-message.ts';
import type { Redactor } from './redaction.ts';
import { createSlicedEncoding } from './sliced-encoding.ts';
import type { SlicedEncoding } from './sliced-encoding.ts';

/** OTLP 1.11 recommends that servers take requests of this size before compression, so larger ones are not tried. */
const LARGEST_REQUEST_BYTES = 64 * 1024 * 1024;
/**
 * What Pyroscope takes of a sample type in one request, by default. It stores the sample types of a request one after the
 * other until one has too many, so that trying and dividing would deliver the others twice.
 */
const MOST_SAMPLES = 16_000;

/** One way to send a request. */
export interface ProfileSender {
  readonly concurrencyLimit: number;
  /** For one export, whatever the number of requests. */
  readonly timeoutMillis: number;
  /** The server, as it may be shown. */
  readonly target: string;
  encode(profile: Profile): SlicedWork<Uint8Array>;
  /** Sends one request. */
  send(body: Uint8Array, timeoutMillis: number): Promise<PartOutcome>;
  shutdown(): Promise<void>;
}

/**
 * The exporter around a sender: exports under way, their number, shutdown, and profiles that have to be divided.
 *
 * @param sender - a string says why there is none
 */
export function createProfileDelivery(sender: ProfileSender | string, logger: DiagLogger): Required<ProfileExporter> {
  if (typeof sender === 'string') logger.error(`Profiles will not be exported: ${sender}`);
  return new ProfileDelivery(sender, logger);
}

class ProfileDelivery implements ProfileExporter {
  readonly #sender: ProfileSender | string;
  readonly #exportInParts: PartwiseExport = createPartwiseExport();
  readonly #underWay: ExportsUnderWay;
  #shutdown: Promise<void> | undefined;

  constructor(sender: ProfileSender | string, logger: DiagLogger) {
    this.#sender = sender;
    this.#underWay = new ExportsUnderWay(logger);
  }

  export(profile: Profile, resultCallback: (result: ExportResult) => void): void {
    this.#underWay.add(this.#export(profile), (error) => failed('ERR_INVALID_REQUEST', 'the exporter itself failed', { cause: error }), resultCallback);
  }

  forceFlush(): Promise<void> {
    return this.#underWay.settled();
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= this.forceFlush().then(() => (typeof this.#sender === 'string' ? undefined : this.#sender.shutdown()));
    return this.#shutdown;
  }

  async #export(profile: Profile): Promise<ExportResult> {
    const sender = this.#sender;
    if (this.#shutdown !== undefined) return failed('ERR_SHUT_DOWN', 'the exporter is shut down');
    if (typeof sender === 'string') return failed('ERR_INVALID_CONFIGURATION', sender);
    if (this.#underWay.size >= sender.concurrencyLimit) {
      return failed('ERR_CONCURRENCY_LIMIT', `${sender.concurrencyLimit} exports are under way (concurrencyLimit)`, { retryable: true });
    }
    const encoding = createSlicedEncoding();
    return encoding.withMillis(await this.#send(profile, sender, encoding));
  }

  async #send(profile: Profile, sender: ProfileSender, encoding: SlicedEncoding): Promise<ExportResult> {
    const endMillis = performance.now() + sender.timeoutMillis;
    try {
      if (!hasOtlpContent(profile)) return { code: 0 };
      const outcome = await this.#exportInParts(
        profile,
        { run: (work) => encoding.run(work), send: (part) => sendPart(sender, part, encoding, endMillis) },
        partsToBeginWith(profile),
      );
      if (outcome.status === 'delivered') return { code: 0 };
      return outcome.status === 'failed' ? outcome.result : lostInPart(profile, outcome);
    } catch (error) {
      return notEncoded(error);
    }
  }
}

async function sendPart(sender: ProfileSender, part: Profile, encoding: SlicedEncoding, endMillis: number): Promise<PartOutcome> {
  let body: Uint8Array;
  try {
    body = await encoding.run(sender.encode(part));
  } catch (error) {
    return { status: 'failed', result: notEncoded(error) };
  }
  if (body.byteLength > LARGEST_REQUEST_BYTES) {
    const result = failed('ERR_TOO_LARGE', `a request of ${body.byteLength} bytes to ${sender.target} would exceed 64 MiB, the most that OTLP recommends`);
    return { status: 'too-large', result, times: (body.byteLength / LARGEST_REQUEST_BYTES) * 1.15 };
  }
  const leftMillis = endMillis - performance.now();
  if (leftMillis > 0) return sender.send(body, leftMillis);
  return { status: 'failed', result: failed('ERR_TIMEOUT', `the requests to ${sender.target} took more than ${sender.timeoutMillis} ms together (timeoutMillis)`, { retryable: true }) };
}

function notEncoded(error: unknown): ExportResult {
  return failed('ERR_ENCODING_FAILED', `the profile could not be encoded (${error instanceof Error ? error.message : String(error)})`, { cause: error });
}

function partsToBeginWith({ samples, heapSamples }: Profile): number {
  if (samples.length <= MOST_SAMPLES && heapSamples.length <= MOST_SAMPLES) return 1;
  return Math.ceil(samples.length / MOST_SAMPLES) + (heapSamples.length > 0 ? 1 : 0);
}

function lostInPart(profile: Profile, { status, result: { error }, givenUp }: Extract<ExportInPartsOutcome, { readonly givenUp: GivenUp }>): ExportResult {
  const own = error instanceof OTLPProfileExporterError ? error : undefined;
  const reason = (error?.message ?? '').replace(/^ERR_\w+: /, '');
  const counts = `${givenUp.samples} of ${profile.samples.length} samples and ${givenUp.heapSamples} of ${profile.heapSamples.length} heap samples`;
  const details = {
    ...(own?.httpStatus === undefined ? {} : { httpStatus: own.httpStatus }),
    ...(own?.grpcStatus === undefined ? {} : { grpcStatus: own.grpcStatus }),
    ...(own?.cause === undefined ? {} : { cause: own.cause }),
  };
  if (status === 'partly-refused') {
    return failed(own?.code ?? 'ERR_REFUSED', `${reason}. The profile was sent in parts: ${counts} were in parts like this one and are lost; the rest was delivered`, details);
  }
  return failed('ERR_TOO_LARGE', `${reason}. ${counts} do not fit, however the profile is divided, and are lost. Raise the limit of the server or of the proxy before it`, details);
}

/** The server took the request, so nothing is sent again; what it says of the contents is for the operator. */
export function reportPartialSuccess(partial: PartialSuccess | undefined, redact: Redactor, logger: DiagLogger): void {
  if (partial === undefined) return;
  const message = printableMessage(partial.errorMessage, redact);
  const verdict = partial.rejectedProfiles === 0n ? 'accepted the profiles with a warning' : `rejected ${partial.rejectedProfiles} profiles`;
  logger.warn(`The server ${verdict}${message === '' ? '' : `: ${message}`}`);
}
