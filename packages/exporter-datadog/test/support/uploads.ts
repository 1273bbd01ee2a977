import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { Profile as PprofProfile } from 'pprof-format';
import { expect } from 'vitest';
import type { DatadogProfileExporterConfig } from '@flamespan/exporter-datadog';
import type { Profile } from '@flamespan/profile';
import { startServer } from '../../../exporter-otlp-http/test/support/servers.ts';
import type { ReceivedRequest } from '../../../exporter-otlp-http/test/support/servers.ts';
import { createExporter, DELIVERED, exportOnce } from './exports.ts';

export interface DatadogEvent {
  readonly attachments: readonly string[];
  readonly start: string;
  readonly end: string;
  readonly family: string;
  readonly version: string;
  readonly tags_profiler: string;
  readonly endpoint_counts: Readonly<Record<string, number>>;
  readonly info: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly custom_attributes?: readonly string[];
}

/** A request as Datadog takes it apart. */
export interface Upload {
  readonly request: ReceivedRequest;
  readonly event: DatadogEvent;
  /** By key, the last of a key. */
  readonly tags: Readonly<Record<string, string>>;
  /** Content of the pprof parts, not decompressed. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Reads the form with Node's own parser. */
export async function readUpload(request: ReceivedRequest): Promise<Upload> {
  const form = await new Response(new Uint8Array(request.body), { headers: { 'Content-Type': request.headers['content-type'] ?? '' } }).formData();
  const files = new Map<string, Buffer>();
  let event: unknown;
  for (const [name, file] of form) {
    if (typeof file === 'string') throw new Error(`${name} is no file`);
    if (name === 'event') {
      expect([file.name, file.type]).toEqual(['event.json', 'application/json']);
      event = JSON.parse(await file.text());
    } else {
      expect([file.name, file.type]).toEqual([name, 'application/octet-stream']);
      files.set(name, Buffer.from(await file.arrayBuffer()));
    }
  }
  const read = event as DatadogEvent;
  return { request, event: read, tags: parseTags(read.tags_profiler), files };
}

export function parseTags(tags: string): Record<string, string> {
  return Object.fromEntries(tags.split(',').map((tag) => [tag.slice(0, tag.indexOf(':')), tag.slice(tag.indexOf(':') + 1)]));
}

/** What an Agent that is fine receives from one export. */
export async function uploadOf(config: DatadogProfileExporterConfig = {}, profile?: Profile): Promise<Upload> {
  const [upload] = await uploadsOf(config, ...(profile === undefined ? [] : [profile]));
  return upload as Upload;
}

export async function uploadsOf(config: DatadogProfileExporterConfig, ...profiles: readonly Profile[]): Promise<Upload[]> {
  const { url, requests } = await startServer((response) => response.end());
  const exporter = createExporter({ agentUrl: url, ...config });
  for (const profile of profiles.length === 0 ? [undefined] : profiles) expect(await exportOnce(exporter, profile)).toEqual(DELIVERED);
  return Promise.all(requests.map(readUpload));
}

export interface PprofSample {
  /** Function names, the leaf first. */
  readonly stack: readonly string[];
  readonly values: readonly (number | bigint)[];
  readonly labels: Readonly<Record<string, string | bigint>>;
}

export interface PprofFile {
  readonly sampleTypes: readonly string[];
  readonly period: string;
  readonly timeNanos: bigint;
  readonly durationNanos: bigint;
  readonly samples: readonly PprofSample[];
}

/** Reads a pprof file, however it is compressed, with the library of Datadog's tracers. */
export function readPprof(content: Uint8Array | undefined): PprofFile {
  const message = PprofProfile.decode(decompress(content ?? new Uint8Array()));
  const text = (index: number | bigint): string => message.stringTable.strings[Number(index)] ?? '';
  const functions = new Map(message.function.map((fn) => [Number(fn.id), text(fn.name)]));
  const locations = new Map(message.location.map((location) => [Number(location.id), functions.get(Number(location.line[0]?.functionId)) ?? '']));
  return {
    sampleTypes: message.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`),
    period: `${message.period} ${text(message.periodType?.type ?? 0)}/${text(message.periodType?.unit ?? 0)}`,
    timeNanos: BigInt(message.timeNanos),
    durationNanos: BigInt(message.durationNanos),
    samples: message.sample.map(({ locationId, value, label }) => ({
      stack: locationId.map((id) => locations.get(Number(id)) ?? ''),
      // pprof-format reads int64 without its sign.
      values: value.map((number) => (typeof number === 'bigint' ? BigInt.asIntN(64, number) : number)),
      labels: Object.fromEntries(label.map(({ key, str, num }) => [text(key), Number(str) === 0 ? BigInt.asUintN(64, BigInt(num)) : text(str)])),
    })),
  };
}

function decompress(content: Uint8Array): Uint8Array {
  if (content[0] === 0x1f && content[1] === 0x8b) return gunzipSync(content);
  return content[0] === 0x28 && content[1] === 0xb5 ? zstdDecompressSync(content) : content;
}
