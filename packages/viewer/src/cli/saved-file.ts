import type { DecodeLimits, IgnoredSampleType, Profile } from '@flamespan/profile';
import { decodeOtlp, decodePprof, ProfileDecodeError, profilesDataFromJson, profilesFromProfilesData, readOtlpFile } from '@flamespan/profile';
import { constants } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isTooLarge } from '../otlp-traces/too-large.ts';
import { TraceDecodeError } from '../otlp-traces/trace-decode-error.ts';
import { tracesFromJson } from '../otlp-traces/traces-from-json.ts';
import { tracesFromProtobuf } from '../otlp-traces/traces-from-protobuf.ts';
import type { Span } from '../store/span.ts';
import { CliError } from './cli-error.ts';
import { exportedServiceOf } from './exported-file.ts';
import { needsMoreMemory } from './needs-more-memory.ts';

/** What a file holds. */
export interface Telemetry {
  readonly spans: readonly Span[];
  readonly profiles: readonly Profile[];
}

/** Before and after decompression. */
const MAX_FILE_BYTES = 1024 ** 3;
/** As the element of {@link DecodeLimits} takes. */
const ELEMENT_BYTES = 32;
/** What people write where an address belongs, or a file. */
const ADDRESS = /^https?:\/\/|^[\w.]+:\d+(?:\/|$)/i;
const gunzipAside = promisify(gunzip);

/**
 * All that a file holds, whatever its name: OTLP traces or profiles as protobuf, JSON or JSON lines (as the Collector's
 * file exporter writes them), `.otlp` files, or pprof, each maybe in gzip.
 *
 * @throws CliError for what cannot be read or holds nothing
 */
export async function readSavedFile(path: string, maxBytes: number): Promise<Telemetry> {
  const bytes = await readBytes(path);
  const limits: DecodeLimits = { maxBytes: MAX_FILE_BYTES, maxElements: Math.ceil(maxBytes / ELEMENT_BYTES) };
  const reader: Reader = { path, maxBytes, limits, ignored: [], faults: [] };
  const telemetry = isJson(bytes) ? readJson(bytes, reader) : readBinary(bytes, reader);
  if (telemetry.spans.length === 0 && telemetry.profiles.every(({ samples, heapSamples }) => samples.length + heapSamples.length === 0)) throw unusable(reader);
  return telemetry;
}

interface Reader {
  readonly path: string;
  readonly maxBytes: number;
  readonly limits: DecodeLimits;
  /** Sample types that nothing here shows. */
  readonly ignored: IgnoredSampleType[];
  /** Why it is not of a format, by format. */
  readonly faults: { readonly format: string; readonly message: string }[];
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const status = await stat(path);
    if (status.isDirectory()) throw new CliError(1, `${path} is a directory; name the files in it`);
    if (status.size > MAX_FILE_BYTES) throw new CliError(1, `${path} is larger than 1 GiB`);
    const bytes = await readFile(path);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? await gunzipAside(bytes, { maxOutputLength: MAX_FILE_BYTES }) : bytes;
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: `there is no such file${ADDRESS.test(path) ? '; a running viewer is read with flamespan report http://…' : ''}`,
      EACCES: 'this user may not read it', ERR_BUFFER_TOO_LARGE: 'it is larger than 1 GiB when it is unpacked',
    };
    throw new CliError(1, `${path} cannot be read: ${reasons[code ?? ''] ?? message}`, { cause: error });
  }
}

function isJson(bytes: Buffer): boolean {
  const first = bytes.subarray(0, 1024).toString('latin1').replace(/^\u00EF\u00BB\u00BF/, '').trimStart().charAt(0);
  return first === '{' || first === '[';
}

function readJson(bytes: Buffer, reader: Reader): Telemetry {
  const text = textOf(bytes, reader).replace(/^\uFEFF/, '');
  const whole = keysOf(text);
  if (whole !== undefined) return readMessage(text, whole, reader, '');
  const parts: Telemetry[] = [];
  for (const [number, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const where = `line ${number + 1} of `;
    const keys = keysOf(line);
    if (keys === undefined) throw new CliError(1, `${where}${reader.path} is not JSON; nothing was opened`);
    parts.push(readMessage(line, keys, reader, where));
  }
  return joined(parts);
}

function textOf(bytes: Buffer, { path }: Reader): string {
  try {
    return bytes.toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STRING_TOO_LONG') throw error;
    throw new CliError(1, `${path} is JSON of more than ${constants.MAX_STRING_LENGTH} characters, which is more than a text may have here; split it, or save it as protobuf. Nothing was opened.`, { cause: error });
  }
}

function keysOf(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  } catch {
    return undefined;
  }
}

function readMessage(text: string, keys: readonly string[], reader: Reader, where: string): Telemetry {
  const { maxBytes, limits } = reader;
  try {
    if (keys.includes('resourceSpans')) return { spans: tracesFromJson(text, maxBytes), profiles: [] };
    if (keys.includes('resourceProfiles')) {
      const { profiles, ignored } = profilesFromProfilesData(profilesDataFromJson(text, limits), limits);
      reader.ignored.push(...ignored);
      return { spans: [], profiles };
    }
  } catch (error) {
    if (isDecodeError(error) && isForWantOfMemory(error)) throw needsMoreMemory(`${reader.path} needs`, maxBytes, { cause: error });
    throw new CliError(1, `${where}${reader.path} is not valid OTLP: ${messageOf(error)}; nothing was opened`, { cause: error });
  }
  const hint = keys.includes('nodes') ? ' V8\'s .cpuprofile and .heapprofile name no spans; speedscope opens them.' : '';
  throw new CliError(1, `${where}${reader.path} is JSON, but no OTLP traces or profiles: it has neither resourceSpans nor resourceProfiles.${hint}`);
}

function readBinary(bytes: Buffer, reader: Reader): Telemetry {
  let messages: readonly Uint8Array[];
  try {
    messages = readOtlpFile(bytes, reader.limits);
  } catch (error) {
    throw new CliError(1, `${reader.path} is not a valid .otlp file: ${messageOf(error)}; nothing was opened`, { cause: error });
  }
  const parts: Telemetry[] = [];
  for (const message of messages) {
    const telemetry = readProtobuf(message, reader);
    // A message of many that is none spoils the file.
    if (telemetry === undefined) throw unusable(reader);
    parts.push(telemetry);
  }
  return joined(parts);
}

/** A file may hold more spans than a call takes arguments. */
function joined(parts: readonly Telemetry[]): Telemetry {
  return { spans: parts.flatMap(({ spans }) => spans), profiles: parts.flatMap(({ profiles }) => profiles) };
}

/**
 * Protobuf does not say what it is. What reads as one format and holds something is of that format: ids of spans, indices
 * and strings of one are none in another.
 */
function readProtobuf(message: Uint8Array, reader: Reader): Telemetry | undefined {
  const { maxBytes, limits, path } = reader;
  const formats: readonly (readonly [string, () => Telemetry])[] = [
    ['OTLP traces', () => ({ spans: tracesFromProtobuf(Buffer.from(message.buffer, message.byteOffset, message.length), maxBytes), profiles: [] })],
    ['OTLP profiles', () => {
      const { profiles, ignored } = decodeOtlp(message, limits);
      reader.ignored.push(...ignored);
      return { spans: [], profiles };
    }],
    ['pprof', () => {
      const { profile, ignored } = decodePprof(message, limits);
      reader.ignored.push(...ignored);
      return { spans: [], profiles: [{ ...profile, resource: { attributes: { 'service.name': serviceOf(path) } } }] };
    }],
  ];
  let empty: Telemetry | undefined;
  let tooLarge: unknown;
  for (const [format, read] of formats) {
    try {
      const telemetry = read();
      if (telemetry.spans.length > 0 || telemetry.profiles.some(({ samples, heapSamples }) => samples.length + heapSamples.length > 0)) return telemetry;
      empty ??= telemetry;
    } catch (error) {
      if (!isDecodeError(error)) throw error;
      if (isForWantOfMemory(error)) tooLarge ??= error;
      reader.faults.push({ format, message: error.message });
    }
  }
  // It got as far as the limit in a format, and nothing else can be made of it.
  if (tooLarge !== undefined) throw needsMoreMemory(`${path} needs`, maxBytes, { cause: tooLarge });
  return empty;
}

function isDecodeError(error: unknown): error is TraceDecodeError | ProfileDecodeError {
  return error instanceof TraceDecodeError || error instanceof ProfileDecodeError;
}

/** Files are never larger than {@link MAX_FILE_BYTES}, and to what is nested too deeply memory makes no difference. */
function isForWantOfMemory(error: TraceDecodeError | ProfileDecodeError): boolean {
  return isTooLarge(error) && !error.message.includes('maxDepth');
}

const PPROF_NAME = /\.(pprof|prof|pb(\.gz)?)$/i;

/** pprof names no service. */
function serviceOf(path: string): string {
  return exportedServiceOf(path) ?? basename(path).replace(PPROF_NAME, '');
}

function unusable({ path, ignored, faults }: Reader): CliError {
  const types = [...new Set(ignored.filter(({ samples }) => samples > 0).map(({ sampleType, sampleUnit }) => `${sampleType}/${sampleUnit}`))];
  if (types.length > 0) {
    return new CliError(1, `${path} holds nothing to show: its sample types are ${types.join(', ')}. Shown are wall, cpu (nanoseconds), inuse_space, alloc_space (bytes), inuse_objects and alloc_objects (count).`);
  }
  const likely = PPROF_NAME.test(path) ? 'pprof' : 'OTLP profiles';
  const fault = faults.find(({ format }) => format === likely);
  return fault === undefined || faults.length < 3
    ? new CliError(1, `${path} holds no spans and no samples`)
    : new CliError(1, `${path} is neither OTLP traces or profiles nor pprof. Read as ${likely}: ${fault.message}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
