import { randomUUID } from 'node:crypto';
import type { AttributeValue, Profile } from '@flamespan/profile';
import { VERSION } from './version.ts';

/** What options and variables say of the service. */
export interface ServiceIdentity {
  readonly service: string | undefined;
  readonly env: string | undefined;
  readonly version: string | undefined;
  readonly hostname: string | undefined;
  /** From `DD_TAGS`. */
  readonly environmentTags: Readonly<Record<string, string>>;
  /** From the options. */
  readonly tags: Readonly<Record<string, string>>;
  readonly gitRepositoryUrl: string | undefined;
  readonly gitCommitSha: string | undefined;
}

/**
 * Datadog's name for each attribute of the Resource, the first that has a value: "OpenTelemetry semantic conventions and
 * Datadog conventions" in its documentation.
 */
const TAGS_OF_ATTRIBUTES: readonly (readonly [attribute: string, tag: string])[] = [
  ['service.name', 'service'],
  ['deployment.environment.name', 'env'],
  ['deployment.environment', 'env'],
  ['service.version', 'version'],
  ['host.name', 'host'],
  ['process.pid', 'process_id'],
  ['faas.name', 'functionname'],
  ['vcs.repository.url.full', 'git.repository_url'],
  ['vcs.ref.head.revision', 'git.commit.sha'],
  ['container.id', 'container_id'],
  ['container.name', 'container_name'],
  ['container.image.name', 'image_name'],
  ['container.image.tag', 'image_tag'],
  ['cloud.provider', 'cloud_provider'],
  ['cloud.region', 'region'],
  ['cloud.availability_zone', 'zone'],
  ['k8s.cluster.name', 'kube_cluster_name'],
  ['k8s.namespace.name', 'kube_namespace'],
  ['k8s.pod.name', 'pod_name'],
  ['k8s.container.name', 'kube_container_name'],
  ['k8s.deployment.name', 'kube_deployment'],
  ['k8s.replicaset.name', 'kube_replica_set'],
  ['k8s.statefulset.name', 'kube_stateful_set'],
  ['k8s.daemonset.name', 'kube_daemon_set'],
  ['k8s.job.name', 'kube_job'],
  ['k8s.cronjob.name', 'kube_cronjob'],
];

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Datadog cuts tags that are longer. */
const LONGEST_TAG = 200;

/** For Resources without an instance id, one for the life of the process. */
const ownRuntimeId: string = randomUUID();

/** The tags of a profile by key: options before variables before the Resource. */
export function profilerTags({ resource }: Pick<Profile, 'resource'>, identity: ServiceIdentity): Map<string, string> {
  const tags = new Map<string, string>([
    ['language', 'javascript'],
    ['runtime', 'nodejs'],
    ['runtime_arch', process.arch],
    ['runtime_os', process.platform],
    ['runtime_version', process.version],
    ['process_id', String(process.pid)],
    ['profiler_version', VERSION],
    ['format', 'pprof'],
    ['runtime-id', runtimeId(resource.attributes['service.instance.id'])],
  ]);
  const fromResource = new Set<string>();
  for (const [attribute, tag] of TAGS_OF_ATTRIBUTES) {
    const value = resource.attributes[attribute];
    if (fromResource.has(tag) || !isScalar(value) || value === '') continue;
    fromResource.add(tag);
    tags.set(tag, String(value));
  }
  setGiven(tags, identity.environmentTags);
  const { service, env, version, hostname, gitRepositoryUrl, gitCommitSha } = identity;
  setGiven(tags, { service, env, version, host: hostname, 'git.repository_url': gitRepositoryUrl, 'git.commit.sha': gitCommitSha });
  setGiven(tags, identity.tags);
  const repository = tags.get('git.repository_url');
  if (repository !== undefined) tags.set('git.repository_url', withoutCredentials(repository));
  return tags;
}

/** As in `tags_profiler`: `key:value` pairs with commas between them. */
export function formatTags(tags: ReadonlyMap<string, string>): string {
  // Commas would make two tags of one.
  return Array.from(tags, ([key, value]) => `${key}:${value}`.replaceAll(/[,\p{C}]+/gu, '_').slice(0, LONGEST_TAG)).join(',');
}

function runtimeId(instanceId: AttributeValue): string {
  return typeof instanceId === 'string' && UUID.test(instanceId) ? instanceId : ownRuntimeId;
}

function setGiven(tags: Map<string, string>, given: Readonly<Record<string, string | undefined>>): void {
  for (const [key, value] of Object.entries(given)) if (value !== undefined && value !== '') tags.set(key, value);
}

function isScalar(value: AttributeValue): value is string | number | boolean | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint';
}

/** Repositories are often cloned with a token in the URL. A token may hold an `@`. */
function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}
