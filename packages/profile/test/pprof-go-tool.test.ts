import { encodePprof } from '@flamespan/profile';
import type { EncodePprofOptions, Profile } from '@flamespan/profile';
import { profileFromStacks, spanIdFor } from '@flamespan/profile/testing';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';

function goVersion(): string | undefined {
  try {
    return execFileSync('go', ['version'], { encoding: 'utf8' });
  } catch {
    console.warn('Skipped: go tool pprof is the second reader of what is written, and Go is not installed');
    return undefined;
  }
}

const profile = profileFromStacks(`
  main;handler;sort 3 {tenant=acme} @list GET /users/:id
  main;handler;query 2 wall @query<list GET /users/:id
  main;handler;parse 4 objects 2048 bytes
  main;load 1 objects 64 bytes
`);

function pprof(options: EncodePprofOptions, ...flags: string[]): string {
  return pprofOf(profile, options, ...flags);
}

function pprofOf(encoded: Profile, options: EncodePprofOptions, ...flags: string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'flamespan-pprof-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'profile.pb.gz');
  writeFileSync(file, gzipSync(encodePprof(encoded, options) as Uint8Array));
  return execFileSync('go', ['tool', 'pprof', ...flags, file], { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, PPROF_TMPDIR: directory } });
}

describe.skipIf(goVersion() === undefined)('go tool pprof', () => {
  it('reads every field of the timed part', () => {
    const raw = pprof({ part: 'timed', sampleCounts: true, comments: ['a remark'] }, '-raw');
    expect(raw).toContain('Comment: a remark');
    expect(raw).toContain('PeriodType: wall nanoseconds\nPeriod: 10101000\nTime: 2026-01-01 00:00:00');
    expect(raw).toContain('Duration: 1m0s');
    expect(raw).toContain('sample/count wall/nanoseconds[dflt] cpu/nanoseconds');
    expect(raw).toMatch(/1 {3}10101000 {3}10101000: 1 2 3\s+endpoint:\[GET \/users\/:id\] span_id:\[[0-9a-f]{16}\] tenant:\[acme\] thread\.name:\[main\] trace_id:\[[0-9a-f]{32}\]\s+timestamp_ns:\[1767225600000000000\]/);
    expect(raw).toMatch(/1: 0x0 .*sort app\.js:2:3 s=1/);
  });

  it('adds up wall time by default, and by span', () => {
    const top = pprof({ part: 'timed' }, '-top', '-unit=us');
    expect(top).toMatch(/Type: wall/);
    expect(top).toMatch(/30303us +60\.00% .* sort/);
    expect(pprof({ part: 'timed' }, '-top', '-unit=us', `-tagfocus=span_id=${spanIdFor('query')}`)).toMatch(/20202us .* query/);
    expect(pprof({ part: 'timed' }, '-top', '-unit=us', '-sample_index=cpu')).toMatch(/30303us +100% .* sort/);
  });

  it('reads the heap part', () => {
    const top = pprof({ part: 'heap' }, '-top', '-unit=B');
    expect(top).toMatch(/Type: inuse_space/);
    expect(top).toMatch(/2048B .* parse/);
    expect(pprof({ part: 'heap' }, '-top', '-sample_index=inuse_objects')).toMatch(/ 4 .* parse/);
  });

  it('reads what was allocated', () => {
    const allocated = profileFromStacks('main;parse 4 objects 2048 bytes 9 allocated 4096 allocated-bytes\nmain;scratch 0 objects 0 bytes 7 allocated 70 allocated-bytes');
    expect(pprofOf(allocated, { part: 'heap' }, '-raw')).toContain('inuse_objects/count alloc_objects/count inuse_space/bytes[dflt] alloc_space/bytes');
    expect(pprofOf(allocated, { part: 'heap' }, '-top', '-unit=B', '-sample_index=alloc_space')).toMatch(/ 70B .* scratch/);
  });
});
