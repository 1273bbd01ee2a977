import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { janitor } from './janitor-client.ts';

export interface ChildProcessOptions {
  /** For messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the environment of this process, see {@link childEnvironment}. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gets stdout and stderr. */
  readonly logFile: string;
}

export interface ChildProcess {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly running: boolean;
  log(): Promise<string>;
  logTail(lines: number): Promise<string>;
  /** SIGTERM to the process and what it started, SIGKILL after `graceMillis`. Resolves when it is gone. */
  stop(graceMillis?: number): Promise<void>;
}

/** Starts a process in a group of its own, which the janitor ends should this process die without doing so. */
export async function startProcess(options: ChildProcessOptions): Promise<ChildProcess> {
  const { name, command, args, cwd, env, logFile } = options;
  const output = await open(logFile, 'a');
  try {
    const child = spawn(command, args, { cwd, env: { ...childEnvironment(), ...env }, detached: true, stdio: ['ignore', output.fd, output.fd] });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new Error(`${name} cannot be started: ${error.message}`, { cause: error })));
    });
    const pid = child.pid!;
    janitor().watchGroup(pid);
    let running = true;
    const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once('exit', (code, signal) => {
        running = false;
        janitor().forgetGroup(pid);
        resolve({ code, signal });
      });
    });
    const log = (): Promise<string> => readFile(logFile, 'utf8');
    return {
      name,
      pid,
      exited,
      get running() {
        return running;
      },
      log,
      logTail: async (lines) => (await log()).trimEnd().split('\n').slice(-lines).join('\n'),
      stop: async (graceMillis = 15_000) => {
        if (!running) return;
        signalGroup(pid, 'SIGTERM');
        const patience = new AbortController();
        const killer = sleep(graceMillis, undefined, { signal: patience.signal }).then(
          () => signalGroup(pid, 'SIGKILL'),
          () => {}, // it went in time
        );
        await exited;
        patience.abort();
        await killer;
      },
    };
  } finally {
    await output.close();
  }
}

/**
 * This process's environment without what steers OpenTelemetry, Node.js or the test runner: a developer's
 * `OTEL_EXPORTER_OTLP_ENDPOINT` must not send the test's telemetry elsewhere.
 */
function childEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(OTEL_|NODE_OPTIONS$|NODE_ENV$|VITEST|FLAMESPAN_)/.test(key)));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
