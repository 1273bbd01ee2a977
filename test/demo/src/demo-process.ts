import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, type ChildProcess } from '../../backends/src/child-process.ts';

const repository: string = fileURLToPath(new URL('../../..', import.meta.url));

/** The environment variable that the demo hands on to all of its processes. */
const RUN_VARIABLE = 'DEMO_TEST_RUN';

export interface DemoProcess extends ChildProcess {
  /** Names this run in the environment of its processes. */
  readonly runId: string;
}

/** Runs the root package's `demo` script, but without the package manager. Ports are any, unless `args` say otherwise. */
export async function startDemo(directory: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<DemoProcess> {
  const runId = randomUUID();
  const demo = await startProcess({
    name: 'the demo',
    command: process.execPath,
    args: ['--conditions=@flamespan/source', 'examples/demo/src/main.ts', '--port', '0', '--app-port', '0', ...args],
    cwd: repository,
    env: { [RUN_VARIABLE]: runId, ...env },
    logFile: join(directory, `${runId}.log`),
  });
  return Object.assign(demo, { runId });
}

export interface RunningProcess {
  readonly pid: number;
  readonly commandLine: string;
}

/** The processes of a run that exist now. Linux only. */
export async function processesOf(runId: string): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(pids.map(async (pid) => {
    // It may be somebody else's, or end while it is looked at.
    const [environment, commandLine] = await Promise.all(['environ', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')));
    return environment?.split('\0').includes(`${RUN_VARIABLE}=${runId}`) ? [{ pid: Number(pid), commandLine: (commandLine ?? '').replaceAll('\0', ' ').trim() }] : [];
  }));
  return processes.flat();
}
