import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  /** Resolves when the process has ended and its output is complete; never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** The last lines of both of its output streams. */
  lastLines(): readonly string[];
  /** Everything it wrote to its standard output. */
  output(): string;
  /** The first match of `pattern` in a line of its standard output. Stays pending if there is none. */
  waitForLine(pattern: RegExp): Promise<RegExpExecArray>;
  /** SIGTERM, after `graceMillis` SIGKILL. */
  stop(graceMillis: number): Promise<ExitStatus>;
}

export interface ChildOptions {
  readonly args: readonly string[];
  readonly directory: URL;
  readonly environment: NodeJS.ProcessEnv;
}

export function describeExit({ code, signal }: ExitStatus): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

export function quoteLastLines(child: Child): string {
  return child.lastLines().map((line) => `  | ${line}`).join('\n') || '  | (no output)';
}

const KEPT_LINES = 20;
const exitWithParent = new URL('./exit-with-parent.ts', import.meta.url).href;

/** Starts a Node.js process that ends with this one. */
export function startChild({ args, directory, environment }: ChildOptions): Child {
  const child = spawn(process.execPath, ['--conditions=@flamespan/source', '--import', exitWithParent, ...args], {
    cwd: directory,
    env: environment,
    // The channel tells the child when this process is gone.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C reaches the demo, which then ends its children in order.
    detached: true,
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the child process has no output streams');

  const kept: string[] = [];
  const outputLines: string[] = [];
  const outputReader = createInterface({ input: stdout });
  const errorReader = createInterface({ input: stderr });
  for (const reader of [outputReader, errorReader]) {
    reader.on('line', (line) => {
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
    });
  }
  outputReader.on('line', (line) => outputLines.push(line));

  const exited = new Promise<ExitStatus>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      kept.push(String(error));
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });

  return {
    exited,
    lastLines: () => kept,
    output: () => outputLines.join('\n'),
    waitForLine: (pattern) =>
      new Promise((resolve) => {
        const look = (line: string): void => {
          const match = pattern.exec(line);
          if (match === null) return;
          outputReader.off('line', look);
          resolve(match);
        };
        outputReader.on('line', look);
      }),
    async stop(graceMillis) {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMillis);
      try {
        return await exited;
      } finally {
        clearTimeout(kill);
      }
    },
  };
}
