import { encodeOtlp, profilesDataFromProfile, profilesDataToJson } from '@flamespan/profile';
import type { Profile } from '@flamespan/profile';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { parseSampleSelection, SELECTION_PARAMETERS } from '../api/parse-selection.ts';
import { QueryError } from '../api/query-error.ts';
import { bad, QueryParameters } from '../api/query-parameters.ts';
import type { SampleSelection } from '../api/selection.ts';
import { speedscopeFromCallTree } from '../call-tree/speedscope.ts';
import { callTreeAnswer } from '../queries/call-tree-answer.ts';
import { heapToAddUp, selectedProfiles } from '../queries/selected-profiles.ts';
import { serviceNameOf } from '../store/process-identity.ts';
import type { Store } from '../store/store.ts';
import { mergedPprof } from './merged-pprof.ts';
import type { Route } from './route.ts';
import { get } from './route.ts';
import { send } from './send.ts';

const gzipAside = promisify(gzip);
const FORMATS = ['pprof', 'otlp', 'json', 'speedscope'] as const;

/** The selected samples as a file. */
export function createDownloadRoute(store: Store): Route {
  return get(async ({ query, response }) => {
    const parameters = new QueryParameters(query);
    parameters.allowOnly([...SELECTION_PARAMETERS, 'format']);
    const format = parameters.oneOf('format', FORMATS);
    if (format === undefined) throw bad(`the parameter format is missing; it is one of ${FORMATS.join(', ')}`);
    const selection = parseSampleSelection(parameters);
    const profiles = selectedProfiles(store, selection);
    const file = await FILES[format](profiles, selection, store);
    if (file === undefined) throw new QueryError(404, 'no sample is selected, so that there is nothing to download');
    send(response, {
      type: file.type,
      body: file.body,
      headers: { 'Content-Disposition': `attachment; filename="${fileName(profiles, selection)}.${file.extension}"` },
    });
  });
}

interface File {
  readonly type: string;
  readonly extension: string;
  readonly body: Uint8Array | string;
}

type Encode = (profiles: readonly Profile[], selection: SampleSelection, store: Store) => Promise<File | undefined>;

const FILES: Readonly<Record<(typeof FORMATS)[number], Encode>> = {
  async pprof(profiles, selection, store) {
    const { type = 'wall' } = selection;
    const message = type === 'wall' || type === 'cpu' ? mergedPprof(profiles, 'timed') : mergedPprof(heapToAddUp(store, selection), 'heap');
    return message && { type: 'application/octet-stream', extension: 'pb.gz', body: await gzipAside(message) };
  },
  async otlp(profiles) {
    return profiles.length === 0 ? undefined : { type: 'application/x-protobuf', extension: 'otlp', body: encodeOtlp(profiles) };
  },
  async json(profiles) {
    return profiles.length === 0 ? undefined : { type: 'application/json', extension: 'json', body: profilesDataToJson(profilesDataFromProfile(profiles)) };
  },
  // pprof has wall and CPU side by side, and speedscope opens the one it likes: this has the chosen type alone.
  async speedscope(profiles, selection, store) {
    const { tree, samples } = callTreeAnswer(store, selection);
    if (samples === 0) return undefined;
    const name = fileName(profiles, selection);
    return { type: 'application/json', extension: 'speedscope.json', body: JSON.stringify(speedscopeFromCallTree(tree, name)) };
  },
};

/** What every system takes as a name. */
function fileName(profiles: readonly Profile[], { type = 'wall', endpoint, span, trace }: SampleSelection): string {
  const services = new Set(profiles.map(({ resource }) => serviceNameOf(resource)));
  const start = profiles.reduce((least, { startTimeUnixNano }) => (startTimeUnixNano < least ? startTimeUnixNano : least), profiles[0]?.startTimeUnixNano ?? 0n);
  const time = Number(start / 1_000_000n);
  const parts = ['flamespan', services.size === 1 ? [...services][0] : '', endpoint?.length === 1 ? endpoint[0] : '', span ?? trace, type, Number.isFinite(time) && time > 0 && time < 8.64e15 ? new Date(time).toISOString().slice(0, 19) : ''];
  return parts.map((part) => (part ?? '').replaceAll(/[^A-Za-z0-9._]+/g, '_').replaceAll(/^_+|_+$/g, '').slice(0, 60)).filter((part) => part !== '').join('-');
}
