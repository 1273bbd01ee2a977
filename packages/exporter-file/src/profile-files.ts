import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { encodeOtlpInSlices, encodePprofInSlices, hasOtlpContent, writeOtlpFile } from '@flamespan/profile';
import type { Profile, SlicedWork } from '@flamespan/profile';
import type { FileFormat } from './exporter-options.ts';
import type { FileKind } from './file-names.ts';

const gzipAsync = promisify(gzip);

export interface EncodedFile {
  readonly kind: FileKind;
  readonly content: Uint8Array;
}

/** The files of a profile, not compressed yet. None for what it has no samples of. */
export function* encodeFiles(profile: Profile, formats: readonly FileFormat[]): SlicedWork<EncodedFile[]> {
  const files: EncodedFile[] = [];
  if (formats.includes('otlp') && hasOtlpContent(profile)) {
    files.push({ kind: 'otlp', content: writeOtlpFile([yield* encodeOtlpInSlices(profile)]) });
  }
  if (formats.includes('pprof')) {
    const comments = commentsOf(profile);
    const wall = yield* encodePprofInSlices(profile, { part: 'timed', comments });
    const heap = yield* encodePprofInSlices(profile, { part: 'heap', comments });
    if (wall !== undefined) files.push({ kind: 'wall.pb.gz', content: wall });
    if (heap !== undefined) files.push({ kind: 'heap.pb.gz', content: heap });
  }
  return files;
}

/** In the thread pool: the event loop is not kept busy. */
export async function compressFiles(files: readonly EncodedFile[]): Promise<EncodedFile[]> {
  return Promise.all(files.map(async ({ kind, content }) => ({ kind, content: kind === 'otlp' ? content : await gzipAsync(content) })));
}

export function serviceNameOf({ resource }: Profile): string {
  const name = resource.attributes['service.name'];
  return typeof name === 'string' ? name : '';
}

/** pprof has no resource. This is for whoever wonders where a file is from. */
function commentsOf({ resource, scope, thread }: Profile): string[] {
  const known = ['service.name', 'service.version', 'deployment.environment.name', 'host.name', 'process.pid'].flatMap((key) => {
    const value = resource.attributes[key];
    return typeof value === 'string' || typeof value === 'number' ? [`${key}=${value}`] : [];
  });
  return [...known, `thread.id=${thread.id}`, `${scope.name} ${scope.version ?? ''}`.trim()].filter((comment) => comment !== '');
}
