import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

export type GoToolchain = { readonly version: string } | { readonly missing: string };

/**
 * The Go that builds in `moduleDirectory`: the `go` of PATH, or the newer toolchain it switches to because the
 * `go.mod` there asks for it. `missing` says in words why there is none.
 */
export async function findGo(moduleDirectory: string): Promise<GoToolchain> {
  try {
    const { stdout } = await runFile('go', ['env', 'GOVERSION'], { cwd: moduleDirectory, timeout: 120_000 });
    return { version: stdout.trim() };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') return { missing: 'there is no `go` in PATH' };
    return { missing: `\`go env GOVERSION\` failed: ${stderr?.trim().split('\n').at(-1) ?? String(error)}` };
  }
}
