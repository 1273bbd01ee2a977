import { readFileSync, statSync } from 'node:fs';

const UUID = '[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}';
/** Cloud Foundry's garden: a UUID without its last group. */
const GARDEN = '[0-9a-f]{8}(?:-[0-9a-f]{4}){4}';
const DIGEST = '[0-9a-f]{64}';
/** Amazon ECS on Fargate. */
const TASK = '[0-9a-f]{32}-\\d+';
const CONTAINER_ID = new RegExp(`(?:^|/)[^/\\n]*?(${UUID}|${GARDEN}|${DIGEST}|${TASK})(?:\\.scope)?$`, 'm');
/** `hierarchy:controllers:path` of cgroups(7). */
const CGROUP_LINE = /^\d+:[^:]*:(.+)$/m;

/**
 * The headers by which a Datadog Agent knows the container that a request comes from, and adds the container's tags
 * ("origin detection").
 *
 * @param cgroupFile - `/proc/self/cgroup`, read once when the exporter is made
 */
export function containerHeaders(environment: NodeJS.ProcessEnv, cgroupFile = '/proc/self/cgroup'): Readonly<Record<string, string>> {
  return { ...cgroupHeaders(cgroupFile), ...(environment['DD_EXTERNAL_ENV'] ? { 'Datadog-External-Env': environment['DD_EXTERNAL_ENV'] } : {}) };
}

function cgroupHeaders(cgroupFile: string): Record<string, string> {
  try {
    const cgroup = readFileSync(cgroupFile, 'utf8').trim();
    const containerId = CONTAINER_ID.exec(cgroup)?.[1];
    if (containerId !== undefined) return { 'Datadog-Container-Id': containerId, 'Datadog-Entity-ID': `ci-${containerId}` };
    const path = CGROUP_LINE.exec(cgroup)?.[1]?.replaceAll(/^\/|\/$/g, '');
    if (path === undefined) return {};
    return { 'Datadog-Entity-ID': `in-${statSync(`/sys/fs/cgroup/${path}`).ino}` };
  } catch {
    // Not Linux, or not in a control group.
    return {};
  }
}
