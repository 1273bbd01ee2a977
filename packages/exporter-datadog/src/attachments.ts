import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import { encodePprofInSlices } from '@flamespan/profile';
import type { Profile, SlicedWork } from '@flamespan/profile';
import type { DatadogConfiguration } from './configuration.ts';
import { datadogLabels, TIMESTAMP_LABEL } from './sample-labels.ts';

/** A pprof file of the request. */
export interface Attachment {
  readonly filename: 'wall.pprof' | 'space.pprof';
  readonly content: Uint8Array;
}

type Compress = (content: Uint8Array) => Promise<Uint8Array>;

const COMPRESS: Readonly<Record<DatadogConfiguration['compression'], Compress>> = {
  gzip: promisify(gzip) as Compress,
  zstd: promisify(zstdCompress) as Compress,
  none: (content) => Promise.resolve(content),
};

/** The pprof files of a profile, not compressed. None where there are no samples. */
export function* encodeAttachments(profile: Profile): SlicedWork<Attachment[]> {
  const wall = yield* encodePprofInSlices(profile, { part: 'timed', labels: datadogLabels, timestampLabel: TIMESTAMP_LABEL, sampleCounts: true });
  const space = yield* encodePprofInSlices(profile, { part: 'heap', labels: datadogLabels });
  return [
    ...(wall === undefined ? [] : [{ filename: 'wall.pprof', content: wall } as const]),
    ...(space === undefined ? [] : [{ filename: 'space.pprof', content: space } as const]),
  ];
}

export async function compressAttachments(attachments: readonly Attachment[], compression: DatadogConfiguration['compression']): Promise<Attachment[]> {
  return Promise.all(attachments.map(async ({ filename, content }) => ({ filename, content: await COMPRESS[compression](content) })));
}
