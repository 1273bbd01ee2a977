import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
// Not through the package's entry: the file that is read there is the machine's own.
import { containerHeaders } from '../src/container-identity.ts';

const DIGEST = '3726184226f5d3147c25fdeab5b60097e378e8a720503a5e19ecfdf29f869860';

function headersOf(cgroup: string): Readonly<Record<string, string>> {
  const file = join(mkdtempSync(join(tmpdir(), 'flamespan-cgroup-')), 'cgroup');
  writeFileSync(file, cgroup);
  return containerHeaders({}, file);
}

describe('the container of the process', () => {
  it.each([
    ['Docker', `13:name=systemd:/docker/${DIGEST}\n12:pids:/docker/${DIGEST}\n`, DIGEST],
    ['Kubernetes', `11:perf_event:/kubepods/test/pod3d274242-8ee0-11e9-a8a6-1e68d864ef1a/${DIGEST}\n`, DIGEST],
    ['Kubernetes with systemd', `1:name=systemd:/kubepods.slice/kubepods-burstable.slice/kubepods-pod2d3da189.slice/cri-containerd-${DIGEST}.scope\n`, DIGEST],
    ['Fargate', '1:name=systemd:/ecs/34dc0b5e626f2c5c4c5170e34b10e765/34dc0b5e626f2c5c4c5170e34b10e765-1234567890\n', '34dc0b5e626f2c5c4c5170e34b10e765-1234567890'],
    ['Cloud Foundry', '1:name=systemd:/system.slice/garden.service/garden/6f265890-5165-7fab-6b52-18d1\n', '6f265890-5165-7fab-6b52-18d1'],
    ['a UUID', '1:name=systemd:/uuid/34dc0b5e-626f-2c5c-4c51-70e34b10e765\n', '34dc0b5e-626f-2c5c-4c51-70e34b10e765'],
  ])('has its id from %s', (_kind, cgroup, id) => {
    expect(headersOf(cgroup)).toEqual({ 'Datadog-Container-Id': id, 'Datadog-Entity-ID': `ci-${id}` });
  });

  it.runIf(process.platform === 'linux')('is known by the inode of its control group otherwise', () => {
    expect(headersOf('0::/\n')).toEqual({ 'Datadog-Entity-ID': `in-${statSync('/sys/fs/cgroup').ino}` });
  });

  it.each(['', 'nonsense', '0::/not-there-at-all\n', `1:name=systemd:/${'g'.repeat(100_000)}\n`])('is unknown with %.30j', (cgroup) => {
    expect(headersOf(cgroup)).toEqual({});
  });

  it('is unknown where there are no control groups', () => {
    expect(containerHeaders({ DD_EXTERNAL_ENV: '' }, '/nowhere/cgroup')).toEqual({});
  });
});
