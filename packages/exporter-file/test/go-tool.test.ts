import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createExporter, exportOnce, namesIn, temporaryDirectory } from './support/exports.ts';

function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Skipped: go tool pprof opens the files, and Go is not installed');
    return false;
  }
}

describe.skipIf(!hasGo())('go tool pprof', () => {
  it.each([
    ['wall', 'Type: wall', /30303us +60\.00% .* sort/],
    ['heap', 'Type: inuse_space', /2048B +100% .* parse/],
  ])('opens the %s file', async (part, type, row) => {
    const directory = temporaryDirectory();
    await exportOnce(createExporter({ directory, formats: ['pprof'] }));
    const file = join(directory, namesIn(directory).find((name) => name.includes(`-${part}.`)) ?? '');
    const top = execFileSync('go', ['tool', 'pprof', '-top', `-unit=${part === 'wall' ? 'us' : 'B'}`, file], { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, PPROF_TMPDIR: directory } });
    expect(top).toContain(type);
    expect(top).toMatch(row);
    expect(execFileSync('go', ['tool', 'pprof', '-comments', file], { encoding: 'utf8', stdio: 'pipe' })).toContain('service.name=shop');
  });
});
