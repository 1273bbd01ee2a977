import type { ServiceState, StateAnswer } from '../api/answers.ts';
import { serviceNameOf } from '../store/process-identity.ts';
import { hostOf, versionOf } from '../store/resource-facets.ts';
import type { Store } from '../store/store.ts';
import { splitEndpointKey } from '../store/trace.ts';

/** What the store does not know of the viewer. */
export type ViewerIdentity = Pick<StateAnswer, 'version' | 'endpoints'>;

/** More are no help in a list to choose from, and endpoints are meant to be few. */
const MAX_ENDPOINTS = 500;

class Service {
  readonly versions = new Set<string>();
  readonly hosts = new Set<string>();
  readonly threads = new Map<string, { readonly id: number; readonly name: string }>();
  readonly endpoints = new Set<string>();
  spans = 0;
  profiles = 0;
  samples = 0;
  linkedSamples = 0;
  heapSamples = 0;
  samplingIntervalNanos: number | null = null;

  addEndpoint(endpoint: string): void {
    if (endpoint !== '' && this.endpoints.size < MAX_ENDPOINTS) this.endpoints.add(endpoint);
  }

  state(service: string): ServiceState {
    const { spans, profiles, samples, linkedSamples, heapSamples, samplingIntervalNanos } = this;
    const sorted = (texts: ReadonlySet<string>): string[] => [...texts].filter((text) => text !== '').sort();
    return {
      service,
      // Not by name: hashes of commits say nothing of which is newer.
      versions: [...this.versions].filter((version) => version !== ''),
      hosts: sorted(this.hosts),
      threads: [...this.threads.values()].sort((a, b) => a.id - b.id || (a.name < b.name ? -1 : 1)),
      endpoints: sorted(this.endpoints),
      spans, profiles, samples, linkedSamples, heapSamples, samplingIntervalNanos,
    };
  }
}

export function stateAnswer(store: Store, viewer: ViewerIdentity): StateAnswer {
  const services = new Map<string, Service>();
  const serviceOf = (name: string): Service => {
    let service = services.get(name);
    if (service === undefined) services.set(name, (service = new Service()));
    return service;
  };
  let first = Infinity;
  let last = -Infinity;
  const cover = (start: number, end: number): void => {
    first = Math.min(first, start);
    last = Math.max(last, end);
  };

  for (const { profile, service: name, version, host, startMoment, durationNanos, endpoints, linkedSamples } of store.profiles()) {
    const service = serviceOf(name);
    service.versions.add(version);
    service.hosts.add(host);
    service.threads.set(JSON.stringify(profile.thread), profile.thread);
    for (const endpoint of endpoints.keys()) service.addEndpoint(endpoint);
    for (const endpoint of profile.endpointCalls.keys()) service.addEndpoint(endpoint);
    service.profiles++;
    service.samples += profile.samples.length;
    service.linkedSamples += linkedSamples;
    service.heapSamples += profile.heapSamples.length;
    const interval = Number(profile.samplingIntervalNanos);
    if (interval > 0) service.samplingIntervalNanos = Math.max(interval, service.samplingIntervalNanos ?? 0);
    cover(startMoment, startMoment + durationNanos / 1e6);
  }
  // After the profiles, which come oldest first: a version that is compared has some, and one that has none yet is new.
  for (const [resource, spans] of store.spanResources()) {
    const service = serviceOf(serviceNameOf(resource));
    service.spans += spans;
    service.versions.add(versionOf(resource));
    service.hosts.add(hostOf(resource));
  }
  for (const key of store.endpointKeys()) {
    const { service, endpoint } = splitEndpointKey(key);
    serviceOf(service).addEndpoint(endpoint);
  }
  for (const { startMoment, endMoment } of store.traces()) cover(startMoment, Math.max(startMoment, endMoment));

  const { duplicateSpans: _, duplicateProfiles: __, rejectedRequests, ...stats } = store.stats();
  return {
    ...viewer,
    revision: store.revision,
    ...stats,
    rejectedRequests: { ...rejectedRequests },
    services: [...services].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, service]) => service.state(name)),
    firstMoment: first === Infinity ? null : first,
    lastMoment: last === -Infinity ? null : last,
  };
}
